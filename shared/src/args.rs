//! 命令行参数。每一课只取自己认识的选项，剩下没取走的就是用错了。

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddrV4;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Result;
use lexopt::Arg;

/// 秒数最多写多少：约一百年。
const MOST_SECONDS: f64 = 3.2e9;

/// 用法错误：命令行写错了。[`run`](crate::run) 见到它，退出码是 2。
#[derive(Debug)]
pub struct UsageError(pub String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// 一条命令行：`--名字 值` 的选项，和不带 `--` 的参数。
///
/// 取走（`addr`、`number`……）之后调用 [`finish`](Args::finish)：没人要的参数是用法错误。
#[derive(Debug)]
pub struct Args {
    options: Vec<(String, Option<OsString>)>,
    positionals: Vec<OsString>,
    help: bool,
    /// 已经问过的选项名：出错时从里面找最接近的
    known: Vec<&'static str>,
}

impl Args {
    /// 读入本进程的命令行。
    ///
    /// # Errors
    /// 命令行切分不了时，返回 [`UsageError`]。
    pub fn from_env() -> Result<Args> {
        Args::parse(lexopt::Parser::from_env())
    }

    fn parse(mut parser: lexopt::Parser) -> Result<Args> {
        let mut args =
            Args { options: Vec::new(), positionals: Vec::new(), help: false, known: Vec::new() };
        // 别的选项的值下面都取走了：只有 --help=x 会在这里出错
        let left_over = |_| UsageError("--help 后面不写值".into());
        while let Some(arg) = parser.next().map_err(left_over)? {
            let name = match arg {
                Arg::Long("help") | Arg::Short('h') => {
                    args.help = true;
                    continue;
                }
                Arg::Value(value) => {
                    args.positionals.push(value);
                    continue;
                }
                Arg::Long(name) => format!("--{name}"),
                Arg::Short(letter) => format!("-{letter}"),
            };
            // 缺值先记下：选项名若也写错了，该先说名字错
            args.options.push((name, parser.value().ok()));
        }
        Ok(args)
    }

    /// 命令行里有没有 `--help`（或 `-h`）。
    pub fn wants_help(&self) -> bool {
        self.help
    }

    /// 取 IPv4 地址加端口，例如 `--addr 0.0.0.0:8888`；没写就用 `default`。
    ///
    /// # Errors
    /// 不是 `IPv4:端口` 的形式时，返回 [`UsageError`]。
    pub fn addr(&mut self, name: &'static str, default: SocketAddrV4) -> Result<SocketAddrV4> {
        let Some(text) = self.text(name)? else { return Ok(default) };
        parse_addr(&text).map_err(|why| UsageError(format!("{name} {text}：{why}")).into())
    }

    /// 取秒数（可以带小数），例如 `--timeout 30`；没写就用 `default`。
    ///
    /// # Errors
    /// 不是大于 0 的数，或者太短、太长时，返回 [`UsageError`]。
    pub fn seconds(&mut self, name: &'static str, default: Duration) -> Result<Duration> {
        let Some(text) = self.text(name)? else { return Ok(default) };
        let seconds: f64 = text.parse().unwrap_or(f64::NAN);
        // 比 1 微秒还短，或比一百年还长的，都是写错了
        let why = if seconds > MOST_SECONDS {
            format!("太长了，最多 {MOST_SECONDS} 秒（约一百年）")
        } else if seconds >= 1e-6 {
            return Ok(Duration::from_secs_f64(seconds));
        } else if seconds > 0.0 {
            "太短了，至少 0.000001 秒".to_owned()
        } else {
            "要的是大于 0 的秒数".to_owned()
        };
        Err(UsageError(format!("{name} {text}：{why}，例如 {name} 30")).into())
    }

    /// 取至少为 1 的整数，例如 `--workers 64`；没写就用 `default`。
    ///
    /// # Errors
    /// 不是 1 到 `max` 的整数时，返回 [`UsageError`]。
    pub fn count(&mut self, name: &'static str, default: usize, max: usize) -> Result<usize> {
        let Some(text) = self.text(name)? else { return Ok(default) };
        match usize::from_str(&text) {
            Ok(number) if (1..=max).contains(&number) => Ok(number),
            _ => Err(UsageError(format!("{name} {text}：要的是 1 到 {max} 的整数")).into()),
        }
    }

    /// 取路径，例如 `--out data/my.txt`；没写就用 `default`。
    ///
    /// # Errors
    /// 选项后面没有值，或者值是空的，返回 [`UsageError`]。
    pub fn path(&mut self, name: &'static str, default: &str) -> Result<PathBuf> {
        let Some(path) = self.take(name)? else { return Ok(PathBuf::from(default)) };
        if path.is_empty() {
            return Err(UsageError(format!("{name} 的值是空的，例如 {name} {default}")).into());
        }
        Ok(PathBuf::from(path))
    }

    /// 取下一个不带 `--` 的参数，例如要上传的文件名。
    ///
    /// # Errors
    /// 参数是空的，返回 [`UsageError`]。
    pub fn positional(&mut self) -> Result<Option<OsString>> {
        if self.positionals.is_empty() {
            return Ok(None);
        }
        let word = self.positionals.remove(0);
        // 多半是脚本里写了 "$file"，而变量没有值
        if word.is_empty() {
            return Err(UsageError("有一个参数是空的".into()).into());
        }
        Ok(Some(word))
    }

    /// 取下一个不带 `--` 的参数，它是几个词之一，例如 `terminate`、`daemon`、`wait`；没写就用第一个。
    ///
    /// # Errors
    /// 不是其中任何一个时返回 [`UsageError`]，并说出最接近的词。
    pub fn choice<T: Copy>(&mut self, choices: &[(&str, T)]) -> Result<T> {
        let Some(word) = self.positional()? else { return Ok(choices[0].1) };
        if let Some((_, value)) = choices.iter().find(|(name, _)| word == *name) {
            return Ok(*value);
        }
        let word = word.to_string_lossy();
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let hint = nearest(&word, &names);
        let all = names.join("、");
        Err(UsageError(format!("不认识的参数「{word}」{hint}（可以写：{all}）")).into())
    }

    /// 收尾：还有没取走的选项或参数，就是写错了。
    ///
    /// # Errors
    /// 有多余的参数时返回 [`UsageError`]，并说出最接近的选项。
    pub fn finish(self) -> Result<()> {
        if let Some((name, _)) = self.options.first() {
            let hint = nearest(name, &self.known);
            return Err(UsageError(format!("不认识的选项 {name}{hint}")).into());
        }
        if let Some(extra) = self.positionals.first() {
            return Err(UsageError(format!("多余的参数「{}」", extra.to_string_lossy())).into());
        }
        Ok(())
    }

    fn text(&mut self, name: &'static str) -> Result<Option<String>> {
        let Some(value) = self.take(name)? else { return Ok(None) };
        let text = value.into_string();
        text.map(Some).map_err(|_| UsageError(format!("{name} 的值不是 UTF-8 文本")).into())
    }

    /// 同一个选项写了几次，算最后一次。
    fn take(&mut self, name: &'static str) -> Result<Option<OsString>> {
        self.known.push(name);
        let mut last = None;
        let mut missing = false;
        self.options.retain_mut(|(option, value)| {
            if option != name {
                return true;
            }
            missing |= value.is_none();
            last = value.take();
            false
        });
        if missing {
            return Err(UsageError(format!("选项 {name} 后面缺少值")).into());
        }
        Ok(last)
    }
}

/// 「，是不是 xx？」：`names` 里与 `word` 最像的一个；都不像就什么也不说。
fn nearest(word: &str, names: &[&str]) -> String {
    let near = names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, _)| *distance <= 3)
        .min();
    near.map_or(String::new(), |(_, name)| format!("，是不是 {name}？"))
}

/// 解析 `IPv4:端口`；错误是一句中文的原因。
fn parse_addr(text: &str) -> Result<SocketAddrV4, String> {
    if let Ok(addr) = text.parse() {
        return Ok(addr);
    }
    let example = "要写成 IPv4 地址:端口，例如 127.0.0.1:8888";
    // 中文输入法打出的冒号，看上去和英文的差不多
    if text.contains('：') {
        return Err(format!("冒号「：」是中文的，要用英文的「:」；{example}"));
    }
    if text.parse::<std::net::SocketAddrV6>().is_ok() || text.parse::<std::net::Ipv6Addr>().is_ok()
    {
        return Err(format!("这是 IPv6 地址，本课只用 IPv4；{example}"));
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("只有端口号，缺少地址；{example}"));
        }
        return Err(format!("缺少端口号；{example}"));
    };
    // Rust 的 parse 还认得「+80」，地址里不能这样写
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || port.parse::<u16>().is_err() {
        return Err(format!("端口号「{port}」不是 0 到 65535 的整数；{example}"));
    }
    if host.is_empty() {
        return Err(format!("只有端口号，缺少地址；{example}"));
    }
    Err(format!("「{host}」不是 IPv4 地址（本机写 127.0.0.1，所有网卡写 0.0.0.0）；{example}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Args {
        Args::parse(lexopt::Parser::from_args(words)).unwrap()
    }

    const DEFAULT: &str = "127.0.0.1:8888";

    fn addr_of(words: &[&str]) -> Result<SocketAddrV4, String> {
        let mut args = args(words);
        args.addr("--addr", DEFAULT.parse().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_option_may_be_written_with_a_space_or_an_equals_sign() {
        assert_eq!(addr_of(&["--addr", "0.0.0.0:1"]).unwrap().to_string(), "0.0.0.0:1");
        assert_eq!(addr_of(&["--addr=0.0.0.0:2"]).unwrap().to_string(), "0.0.0.0:2");
        assert_eq!(addr_of(&[]).unwrap().to_string(), DEFAULT);
    }

    #[test]
    fn a_bad_address_is_told_apart_by_its_reason() {
        for (text, reason) in [
            ("[::1]:8888", "IPv6"),
            ("::1", "IPv6"),
            ("127.0.0.1", "缺少端口号"),
            ("8888", "缺少地址"),
            (":8888", "缺少地址"),
            ("127.0.0.1：8888", "要用英文的「:」"),
            ("127.0.0.1:70000", "端口号「70000」"),
            ("127.0.0.1:+80", "端口号「+80」"),
            ("127.0.0.1:", "端口号「」"),
            ("localhost:8888", "「localhost」不是 IPv4"),
            ("256.0.0.1:1", "「256.0.0.1」不是 IPv4"),
        ] {
            let error = addr_of(&["--addr", text]).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn an_unknown_option_names_the_nearest_known_one() {
        let mut args = args(&["--adr", "x"]);
        args.addr("--addr", DEFAULT.parse().unwrap()).unwrap();
        let error = args.finish().unwrap_err().to_string();
        assert_eq!(error, "不认识的选项 --adr，是不是 --addr？");
    }

    #[test]
    fn a_missing_value_and_an_extra_argument_are_errors() {
        assert!(addr_of(&["--addr"]).unwrap_err().contains("缺少值"));
        assert!(args(&["多余"]).finish().unwrap_err().to_string().contains("「多余」"));
    }

    #[test]
    fn a_value_for_help_is_an_error_in_chinese() {
        for word in ["--help=x", "-h=x"] {
            let error = Args::parse(lexopt::Parser::from_args([word])).unwrap_err();
            assert!(error.is::<UsageError>());
            assert_eq!(error.to_string(), "--help 后面不写值");
        }
    }

    #[test]
    fn an_empty_path_or_file_name_is_an_error() {
        assert_eq!(args(&[]).path("--out", "data").unwrap(), PathBuf::from("data"));
        assert_eq!(args(&["--out", "x"]).path("--out", "data").unwrap(), PathBuf::from("x"));
        for words in [&["--out", ""][..], &["--out="]] {
            let error = args(words).path("--out", "data").unwrap_err();
            assert!(error.is::<UsageError>() && error.to_string().contains("空的"), "{error}");
        }
        assert!(args(&[""]).positional().unwrap_err().is::<UsageError>());
        assert_eq!(args(&[]).positional().unwrap(), None);
    }

    #[test]
    fn a_choice_defaults_to_the_first_and_a_typo_names_the_nearest() {
        let ways = [("terminate", 1), ("daemon", 2), ("wait", 3)];
        assert_eq!(args(&[]).choice(&ways).unwrap(), 1);
        assert_eq!(args(&["wait"]).choice(&ways).unwrap(), 3);
        let error = args(&["deamon"]).choice(&ways).unwrap_err().to_string();
        assert!(error.starts_with("不认识的参数「deamon」，是不是 daemon？"), "{error}");
    }

    #[test]
    fn seconds_and_counts_have_bounds() {
        let default = Duration::from_secs(30);
        assert_eq!(args(&[]).seconds("--timeout", default).unwrap(), default);
        let half = args(&["--timeout", "0.5"]).seconds("--timeout", default).unwrap();
        assert_eq!(half, Duration::from_millis(500));
        for (bad, why) in [
            ("0", "大于 0"),
            ("-1", "大于 0"),
            ("nan", "大于 0"),
            ("十", "大于 0"),
            ("1e-7", "太短了"),
            ("3.3e9", "太长了，最多 3200000000 秒"),
            ("1e300", "太长了"),
            ("inf", "太长了"),
        ] {
            let text = format!("--timeout={bad}");
            let error = args(&[&text]).seconds("--timeout", default).unwrap_err();
            assert!(error.is::<UsageError>() && error.to_string().contains(why), "{bad}: {error}");
        }
        let longest = args(&["--timeout", "3.2e9"]).seconds("--timeout", default).unwrap();
        assert_eq!(longest.as_secs(), 3_200_000_000);
        assert_eq!(args(&["--workers", "2"]).count("--workers", 64, 1024).unwrap(), 2);
        for bad in ["0", "1025", "x"] {
            assert!(args(&["--workers", bad]).count("--workers", 64, 1024).is_err(), "{bad}");
        }
    }
}
