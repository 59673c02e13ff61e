//! Errors that leave no event but what the language's library says of them, since it never made the call.

use events::{Kind, Stream};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// What a library says, and what that means.
struct Saying {
    says: &'static str,
    code: Code,
    means: &'static str,
    advice: &'static str,
}

/// Rust's `UnixListener` and `UnixStream`, Python's `socket`, `threading` and `asyncio`, glibc's `EDEADLK` of
/// pthread_join(3).
const SAYINGS: [Saying; 7] = [
    Saying {
        says: "path must be shorter than SUN_LEN",
        code: Code::SocketPathTooLong,
        means: "的 Unix 套接字路径太长：地址里放路径的地方（sun_path）只有 108 字节，连结尾的 0 也算在里面，所以还没有 bind（connect）就失败了",
        advice: "换一个短的路径，例如 /tmp/名字.sock；或者先 chdir 到那个文件夹，用相对路径",
    },
    Saying {
        says: "AF_UNIX path too long",
        code: Code::SocketPathTooLong,
        means: "的 Unix 套接字路径太长：地址里放路径的地方（sun_path）只有 108 字节，连结尾的 0 也算在里面，所以还没有 bind（connect）就失败了",
        advice: "换一个短的路径，例如 /tmp/名字.sock；或者先 chdir 到那个文件夹，用相对路径",
    },
    Saying {
        says: "RuntimeError: cannot join current thread",
        code: Code::CalledFromWithin,
        means: "的一个线程 join 了它自己：它要等自己结束才往下走，所以 Python 拒绝",
        advice: "由别的线程来 join；线程自己要结束，从函数里 return 就行",
    },
    Saying {
        says: "failed to join thread: Resource deadlock avoided",
        code: Code::CalledFromWithin,
        means: "的一个线程 join 了它自己（EDEADLK）：它要等自己结束才往下走，所以系统拒绝",
        advice: "由别的线程来 join；线程自己要结束，从闭包里 return 就行",
    },
    Saying {
        says: "RuntimeError: This event loop is already running",
        code: Code::CalledFromWithin,
        means: "在正在运行的事件循环里又要运行同一个循环（run_until_complete）：循环要等这个调用返回，这个调用要等循环",
        advice: "协程里用 await，不用 run_until_complete",
    },
    Saying {
        says: "RuntimeError: Cannot run the event loop while another loop is running",
        code: Code::CalledFromWithin,
        means: "在正在运行的事件循环里又要运行一个循环：一个线程里同时只能运行一个",
        advice: "协程里用 await，不用 run_until_complete",
    },
    Saying {
        says: "RuntimeError: asyncio.run() cannot be called from a running event loop",
        code: Code::CalledFromWithin,
        means: "在协程里调用了 asyncio.run()：这个线程的事件循环已经在运行",
        advice: "协程里用 await，不用 asyncio.run()",
    },
];

/// The first of them that is said on the standard error of a program.
pub fn find(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    events.iter().enumerate().find_map(|(index, event)| {
        let Kind::Line(line) = &event.kind else { return None };
        let is_said =
            |saying: &&Saying| line.stream == Stream::Err && line.text.contains(saying.says);
        let saying = SAYINGS.iter().find(is_said)?;
        let name = match line.source {
            Some(source) => past.roster.process_name(source.pid),
            None => format!("「{}」", past.case.scene.terminals[line.terminal].name),
        };
        let finding =
            Finding::new(saying.code, Certainty::Proved, format!("{name}{}", saying.means));
        let finding = finding.advises(saying.advice);
        Some(finding.about_event(index).in_terminal(line.terminal))
    })
}
