//! 错误：一行中文，说清哪一步、对什么、为什么、怎么办。

use std::any::Any;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::{self, ExitCode};
use std::sync::Once;
use std::thread;

use anyhow::{Error, Result};
use nix::errno::Errno;

use crate::args::{Args, UsageError};

/// 每一课的 `main`：读命令行，处理 `--help`，运行 `lesson`，把失败变成一行中文和退出码。
///
/// 退出码：0 做完了；1 没做成；2 命令行写错了；101 程序自己有错（panic，Rust 的惯例）。
/// 标准输出的读者先走了（例如 `| head -1`），就安静地结束。
pub fn run(help: &str, lesson: fn(Args) -> Result<()>) -> ExitCode {
    install_panic_hook();
    ExitCode::from(exit_code(None, || {
        let args = Args::from_env()?;
        if args.wants_help() {
            println!("{}", help.trim());
            return Ok(());
        }
        lesson(args)
    }))
}

/// 做完 `work`，报告它的失败，给出退出码。主进程和每个子进程都以它收尾；子进程报上名字 `name`。
///
/// panic 也在这里接住：一路退出来的时候，没等完的子进程由 `Drop` 等完。
pub(crate) fn exit_code(name: Option<&str>, work: impl FnOnce() -> Result<()>) -> u8 {
    let error = match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return 0,
        Ok(Err(error)) => error,
        Err(payload) => match println_failure(message_of(&*payload)) {
            Some(error) => error,
            None => return 101, // panic 的那一行，钩子已经写过了
        },
    };
    match name {
        Some(name) => report(&error.context(format!("{name} 进程"))),
        None => report(&error),
    }
}

/// 把失败写成一行中文，给出退出码。
fn report(error: &Error) -> u8 {
    if is_closed_stdout(error) {
        return 0;
    }
    // 磁盘满时几个线程会同时走到这里：只说一次，后到的等先到的写完
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tell(format_args!("错误：{}", explain(error)));
        if error.is::<UsageError>() {
            tell(format_args!("用法：{} --help", command_line()));
        }
    });
    if error.is::<UsageError>() { 2 } else { 1 }
}

/// 学生怎样运行本程序：可执行文件与包同名。
fn command_line() -> String {
    let program = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&program).file_name().unwrap_or(&program);
    format!("cargo run -p {} --", name.to_string_lossy())
}

/// 在标准错误上写一整行（一次交给 `write`，写的时候锁着：本进程别的线程插不进来）。
///
/// 不用 `eprintln!`：标准错误的读者走了，它会 panic，而服务器应当接着干活。
pub fn tell(line: impl Display) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// 把一个错误连同它的上下文写成一行：`步骤：原因。怎么办`。
pub fn explain(error: &Error) -> String {
    let operation = error.downcast_ref::<Operation>();
    let mut parts = Vec::new();
    let mut advice = None;
    for cause in error.chain() {
        if let Some(errno) = errno_of(cause) {
            let (reason, next) = in_words(errno, operation);
            parts.push(reason);
            advice = next;
            break;
        }
        parts.push(cause.to_string());
    }
    let line = parts.join("：");
    match advice {
        Some(next) => format!("{line}。{next}"),
        None => line,
    }
}

/// 系统错误号的中文原因，例如 `地址已被占用（EADDRINUSE）`。
pub fn reason(error: &io::Error) -> String {
    match errno_of(error) {
        Some(errno) => in_words(errno, None).0,
        None => error.to_string(),
    }
}

fn errno_of(cause: &(dyn std::error::Error + 'static)) -> Option<Errno> {
    if let Some(errno) = cause.downcast_ref::<Errno>() {
        return Some(*errno);
    }
    let error = cause.downcast_ref::<io::Error>()?;
    match error.raw_os_error() {
        Some(code) => Some(Errno::from_raw(code)),
        // 程序自己数着的时限到了：和内核报的超时说同样的话
        None => (error.kind() == io::ErrorKind::TimedOut).then_some(Errno::EAGAIN),
    }
}

/// 正在做的事，给错误加上下文用：`bind(…).context(Operation::Listen(format!("② 绑定 {addr}")))?`。
///
/// 同一个错误号，做不同的事时意思可能不同，能做的下一步也不同。要印出来的文字由各课自己写。
/// 不在这里面的事，上下文只要写文字。
#[derive(Debug)]
pub enum Operation {
    /// 绑定地址、监听：EACCES 多半说的是端口（ip(7)）
    Listen(String),
    /// 连接服务器：EACCES 说的是广播地址或防火墙（connect(2)）
    Connect(String),
    /// 收发 UDP 的数据报：ECONNREFUSED 说的是先前发出的（udp(7)），EAGAIN 是等不到回信
    Datagram(String),
    /// 创建进程：EAGAIN 多半是进程太多（fork(2)）
    Fork(String),
    /// 创建线程：EAGAIN 多半是线程太多；没有内存给栈也是它（pthread_create(3)）
    SpawnThread(String),
    /// 用 `writeln!` 写标准输出：EPIPE 是读者先走了，不算失败。套接字上的 EPIPE 就不会被当成这件事
    WriteStdout,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::Listen(text)
            | Operation::Connect(text)
            | Operation::Datagram(text)
            | Operation::Fork(text)
            | Operation::SpawnThread(text) => f.write_str(text),
            Operation::WriteStdout => f.write_str("写标准输出"),
        }
    }
}

/// 错误号的中文说法，和能做的下一步。含义见 errno(3)、bind(2)、connect(2)、open(2)。
fn in_words(errno: Errno, operation: Option<&Operation>) -> (String, Option<&'static str>) {
    let (words, next) = match errno {
        Errno::EADDRINUSE => (
            "地址已被占用",
            Some(
                "换一个端口（例如 --addr 127.0.0.1:18888，客户端也要写同一个端口），或先结束占用它的程序（ss -ltunp 能看到是谁）",
            ),
        ),
        Errno::EADDRNOTAVAIL => {
            ("本机没有这个地址", Some("用 ip addr 看本机有哪些地址，或者用 0.0.0.0 表示所有网卡"))
        }
        Errno::EACCES => {
            let next = match operation {
                Some(Operation::Listen(_)) => {
                    "普通用户只能用 1024 及以上的端口，例如 --addr 127.0.0.1:18888"
                }
                Some(Operation::Connect(_)) => "检查地址（不能是广播地址）和防火墙",
                _ => "换一个你有权限的路径",
            };
            ("没有权限", Some(next))
        }
        Errno::EPERM => ("不允许这样做", None),
        Errno::ECONNREFUSED if matches!(operation, Some(Operation::Datagram(_))) => {
            ("先前发去的没有人收", Some("先启动服务器端，再检查地址和端口是否一致"))
        }
        Errno::ECONNREFUSED => ("对方没有在监听", Some("先启动服务器端，再检查地址和端口是否一致")),
        Errno::ECONNRESET => ("连接被对方重置", None),
        Errno::ECONNABORTED => ("连接已被放弃", None),
        Errno::EPIPE => ("对方已经关闭连接", None),
        Errno::ENOTCONN => ("连接已经断开", None),
        Errno::ETIMEDOUT => ("连接超时", Some("检查地址、网线和防火墙")),
        Errno::EAGAIN => match operation {
            Some(Operation::Fork(_)) => {
                ("进程数到了上限", Some("用 ulimit -u 看上限，结束一些程序再试"))
            }
            Some(Operation::SpawnThread(_)) => {
                ("线程数到了上限", Some("用 ulimit -u 看上限，结束一些程序再试"))
            }
            Some(Operation::Datagram(_)) => (
                "等待超时",
                Some("数据报或回信丢了，对方没有回，或者那里没有程序：UDP 不说是哪一种"),
            ),
            _ => ("等待超时", None),
        },
        Errno::ENETUNREACH | Errno::EHOSTUNREACH => {
            ("到不了这个地址", Some("检查地址是否在同一个网络里"))
        }
        Errno::ENOENT => ("没有这个文件或目录", Some("检查路径是否写对")),
        Errno::EISDIR => ("这是一个目录，不是文件", Some("请给出文件名")),
        Errno::ENOTDIR => ("路径中间有一段不是目录", Some("检查路径是否写对")),
        Errno::EEXIST => ("已经存在", None),
        Errno::ENOSPC => ("磁盘已满", Some("腾出空间后再试")),
        Errno::EDQUOT => ("超出磁盘配额", Some("腾出空间后再试")),
        Errno::EFBIG => ("文件太大，超过了限制", None),
        Errno::EROFS => ("只读文件系统", Some("换一个能写的路径")),
        Errno::EMFILE | Errno::ENFILE => ("打开的文件太多", Some("用 ulimit -n 查看上限")),
        Errno::ENOMEM => ("内存不足", None),
        Errno::EIO => ("读写设备出错", None),
        Errno::ECHILD => ("没有可等待的子进程", None),
        Errno::ESRCH => ("没有这个进程", None),
        Errno::ENAMETOOLONG => ("名字太长", Some("换一个短一些的名字")),
        Errno::ELOOP => ("符号链接太多，或者绕成了圈", Some("用 ls -l 看链接指向哪里")),
        _ => (crate::errno::words(errno), None),
    };
    (format!("{words}（{errno:?}）"), next)
}

/// 标准输出的读者已经走了（`| head -1`）：不算失败。
fn is_closed_stdout(error: &Error) -> bool {
    let writing = matches!(error.downcast_ref(), Some(Operation::WriteStdout));
    writing && error.chain().any(|cause| errno_of(cause) == Some(Errno::EPIPE))
}

/// `println!` 写不出去时不返回错误，而是 panic。从 panic 的说明里取回错误号，变成普通的错误：
/// 标准库只给了这句话，没有给类型。
///
/// 不用「恢复 SIGPIPE 的默认动作」的办法：那样标准错误的读者一走，再写一行，整个服务器就没了。
fn println_failure(message: &str) -> Option<Error> {
    let cause = message.strip_prefix("failed printing to stdout: ")?;
    let (_, code) = cause.rsplit_once("(os error ")?;
    let code = code.strip_suffix(')')?.parse().ok()?;
    Some(Error::new(io::Error::from_raw_os_error(code)).context(Operation::WriteStdout))
}

/// 换掉默认的 panic 说明（英文，好几行）：一行中文；要看调用栈时照旧用 RUST_BACKTRACE=1。
fn install_panic_hook() {
    let default = panic::take_hook();
    let main_thread = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        let message = message_of(info.payload());
        match println_failure(message) {
            // 主线程（子进程里也是它）会退到 exit_code，由那里报告
            Some(_) if thread::current().id() == main_thread => {}
            // 别的线程 panic，主线程不等它就不知道：就在这里结束整个进程
            Some(error) => process::exit(report(&error).into()),
            None => {
                let place = info.location().map_or(String::new(), |at| format!("（{at}）"));
                tell(format_args!("错误：程序自己有错，panic 了{place}：{message}"));
                if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
                    default(info);
                }
            }
        }
    }));
}

/// `panic!` 的说明；只有 `panic_any`、`resume_unwind` 才会两种都不是。
fn message_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("没有说明")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io_error(errno: Errno) -> Error {
        Error::new(io::Error::from(errno))
    }

    #[test]
    fn only_a_broken_pipe_of_stdout_ends_quietly() {
        let writing = |errno| io_error(errno).context(Operation::WriteStdout);
        assert!(is_closed_stdout(&writing(Errno::EPIPE)));
        assert!(is_closed_stdout(&writing(Errno::EPIPE).context("p1 进程")));
        assert!(!is_closed_stdout(&io_error(Errno::EPIPE).context("发送")));
        assert!(!is_closed_stdout(&io_error(Errno::EPIPE).context("写标准输出")));
        assert!(!is_closed_stdout(&writing(Errno::ENOSPC)));
    }

    #[test]
    fn the_operation_decides_what_an_error_number_means() {
        let text = |errno, operation: Operation| explain(&io_error(errno).context(operation));
        for words in ["② 绑定 127.0.0.1:80", "②③ 在 127.0.0.1:80 监听"] {
            let text = text(Errno::EACCES, Operation::Listen(words.into()));
            assert!(text.starts_with(&format!("{words}：没有权限（EACCES）。")), "{text}");
            assert!(text.contains("1024") && !text.contains("路径"), "{text}");
        }
        let connect = Operation::Connect("② 连接服务器 10.0.0.255:1".into());
        assert!(text(Errno::EACCES, connect).contains("广播"));
        let spawn = Operation::SpawnThread("③ 创建工人线程".into());
        assert!(text(Errno::EAGAIN, spawn).contains("线程数到了上限（EAGAIN）"));
        let datagram = |errno| text(errno, Operation::Datagram("④ 发送".into()));
        assert!(datagram(Errno::ECONNREFUSED).contains("没有人收"));
        assert!(datagram(Errno::EAGAIN).contains("等待超时（EAGAIN）。数据报或回信丢了"));
        let fork = Operation::Fork("创建 p2 进程".into());
        assert_eq!(
            text(Errno::EAGAIN, fork),
            "创建 p2 进程：进程数到了上限（EAGAIN）。用 ulimit -u 看上限，结束一些程序再试"
        );
    }

    #[test]
    fn the_words_of_a_context_decide_nothing() {
        let text = |errno, words: &'static str| explain(&io_error(errno).context(words));
        for words in ["打开 监听", "创建目录 data", "在目录 data 里新建文件", "② 绑定 127.0.0.1:80"]
        {
            let text = text(Errno::EACCES, words);
            assert!(text.ends_with("换一个你有权限的路径"), "{text}");
        }
        assert_eq!(text(Errno::EAGAIN, "⑥ 接收一句话"), "⑥ 接收一句话：等待超时（EAGAIN）");
        let inside = Operation::Connect("② 连接服务器 10.0.0.255:1".into());
        let outside = io_error(Errno::EACCES).context(inside).context("p1 进程");
        assert!(explain(&outside).contains("广播"));
    }

    /// Linux 的每一个（包括没有名字的 41、58）：中文在前，名字在括号里，英文的说明一个也没有。
    #[test]
    fn every_error_number_is_told_in_chinese() {
        for number in 1..=133 {
            let errno = Errno::from_raw(number);
            let text = reason(&io::Error::from_raw_os_error(number));
            let (words, name) = text.split_once('（').unwrap_or_else(|| panic!("{text}"));
            assert!(!words.is_ascii() && !words.contains(errno.desc()), "{text}");
            assert_eq!(name, format!("{errno:?}）"));
        }
        let unsupported = io::Error::from(Errno::EPROTONOSUPPORT);
        assert_eq!(reason(&unsupported), "不支持这个协议（EPROTONOSUPPORT）");
    }

    #[test]
    fn a_failed_println_becomes_an_ordinary_error() {
        let text = "failed printing to stdout: No space left on device (os error 28)";
        let error = println_failure(text).unwrap();
        assert_eq!(explain(&error), "写标准输出：磁盘已满（ENOSPC）。腾出空间后再试");
        assert!(println_failure("index out of bounds").is_none());
    }
}
