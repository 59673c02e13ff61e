//! 错误：一行中文，说清哪一步、对什么、为什么、怎么办。

use std::io;
use std::process::ExitCode;

use anyhow::{Error, Result};
use nix::errno::Errno;

use crate::args::{Args, UsageError};
use crate::listen::tell;

/// 每一课的 `main`：读命令行，处理 `--help`，运行 `lesson`，把失败变成一行中文和退出码。
///
/// 退出码：0 做完了；1 没做成；2 命令行写错了。
/// 标准输出的读者先走了（例如 `| head -1`），就安静地结束。
pub fn run(help: &str, lesson: fn(Args) -> Result<()>) -> ExitCode {
    end_quietly_when_stdout_closes();
    let outcome = Args::from_env().and_then(|args| {
        if args.wants_help() {
            println!("{}", help.trim());
            return Ok(());
        }
        lesson(args)
    });
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    if is_closed_stdout(&error) {
        return ExitCode::SUCCESS;
    }
    tell(format_args!("错误：{}", explain(&error)));
    if error.is::<UsageError>() {
        tell("用法见 --help");
        return ExitCode::from(2);
    }
    ExitCode::FAILURE
}

/// 把一个错误连同它的上下文写成一行：`步骤：原因。怎么办`。
pub fn explain(error: &Error) -> String {
    let mut parts = Vec::new();
    let mut advice = None;
    for cause in error.chain() {
        if let Some(errno) = errno_of(cause) {
            let (reason, next) = in_words(errno);
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
        Some(errno) => in_words(errno).0,
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

/// 错误号的中文说法，和能做的下一步。含义见 errno(3)、bind(2)、connect(2)、open(2)。
fn in_words(errno: Errno) -> (String, Option<&'static str>) {
    let (words, next) = match errno {
        Errno::EADDRINUSE => (
            "地址已被占用",
            Some(
                "换一个端口（例如 --addr 127.0.0.1:18888），或先结束占用它的程序（ss -ltnp 能看到是谁）",
            ),
        ),
        Errno::EADDRNOTAVAIL => {
            ("本机没有这个地址", Some("用 ip addr 看本机有哪些地址，或者用 0.0.0.0 表示所有网卡"))
        }
        Errno::EACCES => ("没有权限", Some("换一个你有权限的路径；端口要用 1024 及以上的")),
        Errno::EPERM => ("不允许这样做", None),
        Errno::ECONNREFUSED => ("对方没有在监听", Some("先启动服务器端，再检查地址和端口是否一致")),
        Errno::ECONNRESET => ("连接被对方重置", None),
        Errno::ECONNABORTED => ("连接已被放弃", None),
        Errno::EPIPE => ("对方已经关闭连接", None),
        Errno::ENOTCONN => ("连接已经断开", None),
        Errno::ETIMEDOUT => ("连接超时", Some("检查地址、网线和防火墙")),
        Errno::EAGAIN => ("等待超时", None),
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
        _ => return (format!("{}（{errno:?}）", errno.desc()), None),
    };
    (format!("{words}（{errno:?}）"), next)
}

/// 标准输出的另一头已经关闭：不算失败。
fn is_closed_stdout(error: &Error) -> bool {
    error.is::<StdoutClosed>()
}

/// 写标准输出时发现读者已经走了；[`run`] 见到它就安静地结束。
#[derive(Debug)]
pub struct StdoutClosed;

impl std::fmt::Display for StdoutClosed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("标准输出已经关闭")
    }
}

impl std::error::Error for StdoutClosed {}

/// `println!` 遇到关闭的标准输出会 panic；这里把它变成安静的结束。
///
/// 不用「恢复 SIGPIPE 的默认动作」的办法：那样向断开的套接字写一次，整个服务器就没了。
fn end_quietly_when_stdout_closes() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let message = info.payload().downcast_ref().map_or("", String::as_str);
        if message.starts_with("failed printing to stdout") && message.contains("os error 32") {
            std::process::exit(0);
        }
        default(info);
    }));
}
