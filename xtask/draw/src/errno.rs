//! Errors of system calls, in Chinese.

use nix::errno::Errno;

use events::{Call, CallResult};

/// What went wrong: the Chinese for an error of a call, and its name (errno(3)).
pub fn errno_in_words(call: &Call, errno: i32) -> String {
    let errno = Errno::from_raw(errno);
    let words = match errno {
        Errno::EINVAL if matches!(call, Call::Accept { .. }) => "已经不再监听",
        Errno::EEXIST => "已经有了",
        Errno::ENOENT => "没有",
        Errno::ECONNREFUSED => "对方没有在监听",
        Errno::EADDRINUSE => "地址已被占用",
        Errno::ECONNRESET => "连接被对方重置",
        Errno::EPIPE => "对方已经关闭",
        Errno::EAGAIN => "没有等到",
        Errno::ECHILD => "没有子进程",
        Errno::ESRCH => "没有这个进程",
        Errno::EPERM => "不允许这样做",
        Errno::EACCES => "没有权限",
        Errno::EINVAL => "参数不对",
        Errno::ENOTCONN => "没有连接",
        Errno::ETIMEDOUT => "没有回应",
        _ => "",
    };
    match words {
        "" => format!(" 失败：{errno:?}"),
        words => format!(" 失败：{words}（{errno:?}）"),
    }
}

/// Whether a connection goes on being made after the call: it has not failed.
pub fn is_being_made(call: &Call, outcome: Option<CallResult>) -> bool {
    let begun = Some(CallResult::Failed(Errno::EINPROGRESS as i32));
    matches!(call, Call::Connect { .. }) && outcome == begun
}
