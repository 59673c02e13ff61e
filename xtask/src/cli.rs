//! The command line: what can be typed, and what is said, in Chinese, when it is wrong.
//!
//! | file | task |
//! | --- | --- |
//! | `options` | the options that several commands share, or that are many |
//! | `mistakes` | what is said of a mistake |

mod mistakes;
mod options;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use course::catalog::UsageError;

use mistakes::in_words;
pub use options::{
    BenchOptions, DrawingOptions, Format, GradeOptions, New, NewForm, PracticeOptions,
    StageOptions, TraceOptions,
};

const TEMPLATE: &str = "{about}\n\n用法：{usage}\n\n选项：\n{options}\n";
const TARGETS_TEMPLATE: &str =
    "{about}\n\n用法：{usage}\n\n参数：\n{positionals}\n\n选项：\n{options}\n";
const PARENT_TEMPLATE: &str =
    "{about}\n\n用法：{usage}\n\n命令：\n{subcommands}\n\n选项：\n{options}\n";
const ROOT_TEMPLATE: &str = "\
{about}

用法：cargo xtask <命令>

命令：
{subcommands}

每个命令都有 --help，例如 cargo xtask check --help
退出码：0 全部通过；1 有场景失败、编译失败或剧本有错；2 命令写错了；130 被 Ctrl-C 打断
";

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "课程的运行器：演示每一课，检查每一课",
    help_template = ROOT_TEMPLATE,
    disable_help_flag = true,
    disable_help_subcommand = true,
    arg_required_else_help = false
)]
struct Cli {
    #[arg(short = 'h', long, action = clap::ArgAction::Help, help = "显示这段说明", global = true)]
    help: Option<bool>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What xtask can do. (The comments below are what `--help` prints.)
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 按次序列出所有的课：编号、题目、程序
    #[command(help_template = TEMPLATE, override_usage = "cargo xtask list")]
    List,
    /// 现场演一课：服务器端和客户端一起跑，每一行前面写着是谁印的
    #[command(help_template = TARGETS_TEMPLATE, override_usage = "cargo xtask run [选项] <课>...")]
    Run {
        /// 课的编号（如 04）或程序名（如 lesson-04-upload-server），可以写几个
        #[arg(required = true, value_name = "课")]
        targets: Vec<String>,
        /// 只演这个场景：名字，或名字的一部分；不写就演剧本里的「场景」，时限比别的长的要写了才演
        #[arg(long, value_name = "场景")]
        scene: Option<String>,
        /// 一步一步地演：剧本的下一步（启动、输入、停止）等你按回车
        #[arg(long)]
        step: bool,
        /// 场景怎样演
        #[command(flatten)]
        stage: StageOptions,
    },
    /// 演出并检查；不写是哪一课，就检查全部
    #[command(help_template = TARGETS_TEMPLATE, override_usage = "cargo xtask check [选项] [课]...")]
    Check {
        /// 课的编号（如 04）或程序名（如 lesson-04-upload-server），可以写几个
        #[arg(value_name = "课")]
        targets: Vec<String>,
        /// 同时演几个场景（1 到 64，不写就是 8）
        #[arg(
            long,
            value_name = "个数",
            value_parser = clap::value_parser!(u16).range(1..=64)
        )]
        jobs: Option<u16>,
        /// 结果的样子：human 给人看，json 和 junit 给程序读（只有它在标准输出上）
        #[arg(
            long,
            value_name = "格式",
            default_value = "human",
            hide_default_value = true,
            hide_possible_values = true
        )]
        format: Format,
        /// 全部写出：每个场景，每一处失败；不写就只把第一个错误写全，别的各一行
        #[arg(long)]
        all: bool,
        /// 场景怎样演
        #[command(flatten)]
        stage: StageOptions,
        /// 程序怎样看
        #[command(flatten)]
        trace: TraceOptions,
    },
    /// 程序的输出改了：照着它改剧本；演两遍一样才写，名字、计数、注释都留着
    #[command(help_template = TARGETS_TEMPLATE, override_usage = "cargo xtask bless [选项] [课]...")]
    Bless {
        /// 课的编号（如 04）或程序名（如 lesson-04-upload-server），可以写几个；不写就是全部
        #[arg(value_name = "课")]
        targets: Vec<String>,
        /// 只显示要改哪几行，不写文件
        #[arg(long)]
        dry_run: bool,
        /// 场景怎样演
        #[command(flatten)]
        stage: StageOptions,
    },
    /// 演一个场景，画出各个程序真的做了什么：系统调用、连接、进程和线程
    #[command(
        help_template = TARGETS_TEMPLATE,
        override_usage = "cargo xtask trace [选项] <课>\n      cargo xtask trace [选项] -- <命令> [参数]... [, <命令> [参数]...]..."
    )]
    Trace {
        /// 课的编号（如 04）或程序名（如 lesson-04-upload-server）
        #[arg(value_name = "课", required_unless_present = "command")]
        targets: Vec<String>,
        /// 任何别的程序，几个之间用单独的逗号隔开：前一个开始监听（或结束、或等待），就启动下一个
        #[arg(value_name = "命令", last = true, conflicts_with_all = ["targets", "scene"])]
        command: Vec<String>,
        /// 键盘输入：这个文件的每一行，输入给最后一个命令；不写就什么也没有
        #[arg(long, value_name = "文件", requires = "command")]
        input: Option<std::path::PathBuf>,
        /// 怎样画
        #[command(flatten)]
        drawing: DrawingOptions,
        /// 场景怎样演
        #[command(flatten)]
        stage: StageOptions,
    },
    /// 给每一课画图，写进 docs/pictures；每次画出来都一样
    #[command(help_template = TEMPLATE, override_usage = "cargo xtask pictures [选项]")]
    Pictures {
        /// 只比较，不写：和画出来的不一样，就说是哪几张，退出码 1
        #[arg(long)]
        check: bool,
    },
    /// 把笔记里要看的程序和剧本抄进各页：程序、剧本改了以后用
    #[command(help_template = TEMPLATE, override_usage = "cargo xtask notes [选项]")]
    Notes {
        /// 只比较，不写：和原文不一样，就说是哪几页，退出码 1
        #[arg(long)]
        check: bool,
    },
    /// 练习：你来写，保存以后马上检查；不写是哪一个，就是下一个没做的
    #[command(
        help_template = TARGETS_TEMPLATE,
        override_usage = "cargo xtask practice [选项] [练习]"
    )]
    Practice(PracticeOptions),
    /// 批改：看一个学生、一个班做的练习，谁通过了哪些，最常见的是什么错；学生的程序关起来编译、运行
    #[command(
        help_template = TARGETS_TEMPLATE,
        override_usage = "cargo xtask grade [选项] <文件夹>..."
    )]
    Grade(GradeOptions),
    /// 讲一种错误：看到什么，为什么，怎么办；不写代码就列出全部
    #[command(help_template = TARGETS_TEMPLATE, override_usage = "cargo xtask explain [代码]")]
    Explain {
        /// 报告里方括号中的代码（如 half-close-missing）或名字（如 没有半关闭）
        #[arg(value_name = "代码")]
        code: Option<String>,
    },
    /// 新的一课、新的练习：建好它的每个文件，没写的地方标着「待写」，写完了检查才通过
    #[command(help_template = PARENT_TEMPLATE, override_usage = "cargo xtask new <exercise|lesson> 名字")]
    New {
        /// Which of them.
        #[command(subcommand)]
        what: New,
    },
    /// 看这台机器能提供什么；缺的用什么代替，为什么缺，怎么办
    #[command(help_template = TEMPLATE, override_usage = "cargo xtask doctor")]
    Doctor,
    /// 量一量：上传、对话、并发，同一次运行里和别的做法比
    #[command(help_template = TEMPLATE, override_usage = "cargo xtask bench [选项]")]
    Bench(BenchOptions),
    /// 把笔记生成一本书，用浏览器看：可以搜索，可以打印，不用联网
    #[command(help_template = TEMPLATE, override_usage = "cargo xtask book [选项]")]
    Book {
        /// 生成之后在浏览器里打开
        #[arg(long)]
        open: bool,
        /// 在 http://localhost:3000 上看；改了页就重新生成，按 Ctrl-C 结束
        #[arg(long)]
        serve: bool,
    },
    /// For mdBook, see [`book::preprocess`].
    #[command(name = book::preprocess::NAME, hide = true)]
    Preprocess {
        /// `supports RENDERER`, or none.
        args: Vec<String>,
    },
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Request {
    /// Do this.
    Do(Command),
    /// Print this text and be content.
    Help(String),
}

/// Reads the command line.
///
/// # Errors
/// It is wrong; the nearest known word is named.
pub fn parse(args: impl Iterator<Item = std::ffi::OsString>) -> Result<Request, UsageError> {
    match Cli::try_parse_from(args) {
        Ok(Cli { command: Some(command), .. }) => Ok(Request::Do(command)),
        Ok(_) => Err(UsageError(
            "没有写命令：list、run、trace、check、practice、grade、explain、new、bless、pictures、notes、doctor、bench、book 里选一个"
                .into(),
        )),
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            Ok(Request::Help(error.render().to_string()))
        }
        Err(error) => Err(UsageError(in_words(&error))),
    }
}

/// The lessons that the words behind `cargo xtask` name, for whoever wants to know whether they can be typed.
///
/// # Errors
/// They cannot; why, in Chinese.
pub fn targets(words: &[&str]) -> Result<Vec<String>, String> {
    let args = std::iter::once("cargo xtask").chain(words.iter().copied());
    match parse(args.map(std::ffi::OsString::from)).map_err(|error| error.0)? {
        Request::Do(
            Command::Run { targets, .. }
            | Command::Check { targets, .. }
            | Command::Bless { targets, .. },
        ) => Ok(targets),
        _ => Ok(Vec::new()),
    }
}

/// Where to read how the command is used that somebody has begun to write: its own help, if there is such a command.
pub fn help_command(mut args: impl Iterator<Item = String>) -> String {
    let known =
        |word: &String| <Cli as clap::CommandFactory>::command().find_subcommand(word).is_some();
    match args.nth(1).filter(known) {
        Some(command) => format!("cargo xtask {command} --help"),
        None => "cargo xtask --help".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::mistakes::RANGES;
    use super::*;

    fn message(words: &[&str]) -> String {
        let args = ["cargo xtask"].iter().chain(words).map(std::ffi::OsString::from);
        match parse(args) {
            Err(error) => error.0,
            Ok(Request::Help(text)) => text,
            Ok(Request::Do(command)) => panic!("{command:?}"),
        }
    }

    #[test]
    fn mistakes_are_named_in_chinese_with_the_nearest_word() {
        assert_eq!(message(&["chek"]), "没有「chek」这个命令，是不是 check？");
        assert_eq!(message(&["check", "--job", "2"]), "不认识的选项 --job，是不是 --jobs？");
        assert_eq!(message(&["check", "--jobs"]), "选项 --jobs <个数> 后面缺少值");
        assert_eq!(
            message(&["check", "--jobs", "0"]),
            "--jobs <个数> 不能是「0」，要的是 1 到 64 的整数"
        );
        assert_eq!(
            message(&["check", "--format", "xml"]),
            "--format <格式> 不能是「xml」，可以写 human、json、junit"
        );
        for (command, (option, least, most)) in
            ["check", "bench", "bench", "bench", "bench", "trace", "practice"]
                .into_iter()
                .zip(RANGES)
        {
            let lesson = if command == "bench" { "--unoptimized" } else { "01" };
            for number in [least - 1, most + 1] {
                let number = number.to_string();
                let said = message(&[command, lesson, option, &number]);
                assert!(said.ends_with(&format!("要的是 {least} 到 {most} 的整数")), "{said}");
            }
            for number in [least, most] {
                let number = number.to_string();
                let args = ["cargo xtask", command, lesson, option, &number];
                assert!(parse(args.iter().map(std::ffi::OsString::from)).is_ok(), "{args:?}");
            }
        }
        let svg = message(&["trace", "09", "--svg"]);
        assert!(svg.contains("要写文件名") && svg.contains("--scene"), "{svg}");
        assert_eq!(message(&["run"]), "缺少参数 <课>...");
        assert_eq!(message(&["new"]), "没有写新的什么：exercise（练习）、lesson（课）里选一个");
        assert_eq!(
            message(&["new", "exersise", "05-x"]),
            "没有「exersise」这个命令，是不是 exercise？"
        );
        assert_eq!(message(&["new", "lesson"]), "缺少参数 <名字>");
        assert_eq!(
            message(&["new", "exercise", "05-x", "--form", "选择"]),
            "--form <题型> 不能是「选择」，可以写 填空、找错、自己写"
        );
        assert!(message(&[]).contains("没有写命令"));
    }

    #[test]
    fn help_is_chinese_throughout() {
        for words in [
            &["--help"][..],
            &["run", "--help"],
            &["trace", "--help"],
            &["check", "-h"],
            &["list", "--help"],
            &["bless", "--help"],
            &["practice", "--help"],
            &["grade", "--help"],
            &["new", "--help"],
            &["new", "exercise", "--help"],
            &["new", "lesson", "--help"],
            &["bench", "--help"],
            &["book", "--help"],
            &["explain", "--help"],
        ] {
            let help = message(words);
            assert!(help.contains("用法："), "{help}");
            for english in
                ["Usage", "Options", "Arguments", "Commands", "Print help", "default", "OPTIONS"]
            {
                assert!(!help.contains(english), "{english} in {help}");
            }
        }
    }
}
