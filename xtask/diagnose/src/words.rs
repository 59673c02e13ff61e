//! One thread that waits, in Chinese.

use events::{Call, Object, On, Waiting};

use super::library::{Task, task};
use super::roster::Roster;

/// In which call: 中文（English）.
pub fn call(one: &Waiting) -> String {
    let words = match (&one.call, &one.on) {
        (_, On::Wake { .. }) => return woken(one).to_owned(),
        (_, On::Pipe { .. } | On::Unknown) if task(one).words().is_some() => {
            return woken(one).to_owned();
        }
        (_, On::Stopped) => return "被暂停（SIGSTOP）".to_owned(),
        (_, On::Join { .. }) => "等线程结束",
        (_, On::Fifo { .. }) => return "打开（open）".to_owned(),
        (Call::Accept { .. }, _) => "接受连接",
        (Call::Connect { .. }, _) => "连接",
        (call @ Call::Send { .. }, _) if call.name() == "send" => "发送",
        (Call::Send { .. }, _) => "写",
        (call @ Call::Receive { .. }, _) if call.name() == "recv" => "接收",
        (Call::Receive { .. }, _) => "读",
        (Call::Wait { .. }, _) => "等子进程",
        (Call::Poll { .. }, _) => "等描述符",
        (Call::Futex { .. }, _) => "等别的线程",
        (Call::AwaitSignal { .. }, _) => "等信号",
        (Call::LockFile { .. }, _) => "等文件锁",
        (Call::Sleep { .. }, _) => "睡眠",
        (Call::Other { number }, _) => return format!("系统调用（{number} 号）"),
        (call, _) => return call.name().to_owned(),
    };
    let name = match one.on {
        On::Join { .. } => "join",
        _ => one.call.name(),
    };
    format!("{words}（{name}）")
}

/// What a thread does that another thread has to wake.
fn woken(one: &Waiting) -> &'static str {
    task(one).words().unwrap_or("等别的线程（futex）")
}

/// For what and whom.
pub fn target(roster: &Roster, thread: usize) -> String {
    let holds = |end: &str, holders: &[i32]| match holders {
        [] => format!("没有人开着{end}"),
        holders => format!("{end}还开着的：{}", roster.process_names(holders)),
    };
    match &roster.waiting[thread].on {
        On::Peer { holders, unaccepted, unread, unread_there, .. } => {
            let who = match (unaccepted, holders.as_slice()) {
                (true, _) => "还没有人接受（accept）的连接".to_owned(),
                (false, []) => "连接的另一端".to_owned(),
                (false, holders) => roster.process_names(holders),
            };
            let what = if roster.receives(thread) { "的数据" } else { "读走数据" };
            format!("等{who}{what}；{}", unread_in_words(*unread, *unread_there))
        }
        On::Client { queue: 0 } => "等客户端来连接；没有人在排队".to_owned(),
        On::Client { queue } => format!("等客户端来连接；{queue} 个在排队"),
        On::Pipe { holders, unread, .. } => match roster.receives(thread) {
            true => format!("等管道里的数据；{}", holds("写端", holders)),
            false => format!("等别人读走管道里的 {unread} 字节；{}", holds("读端", holders)),
        },
        On::Child { child: Some(child), .. } => format!("等{}结束", roster.process_name(*child)),
        On::Child { child: None, children } => {
            format!("等任何一个子进程结束；还没有结束的：{}", roster.process_names(children))
        }
        On::Join { thread: other } => {
            format!("等{}结束", roster.name_of(roster.waiting[thread].pid, *other))
        }
        On::Wake { others, .. } if others.is_empty() => {
            "要别的线程叫醒它；没有别的线程了".to_owned()
        }
        On::Wake { others, .. } => {
            let what = match roster.task(thread) {
                Task::Lock => "等拿着锁的线程放开",
                Task::Join | Task::AtExit => "等别的线程结束",
                _ => "要别的线程叫醒它",
            };
            format!("{what}；还有 {} 个线程", others.len())
        }
        On::Signal => "等一个信号".to_owned(),
        On::FileLock { holders } => match holders.as_slice() {
            [] => "等文件的锁".to_owned(),
            holders => format!("等文件的锁；拿着锁的：{}", roster.process_names(holders)),
        },
        On::Fifo { path } => format!("等人打开 {path} 的另一头"),
        On::Stopped => "被信号暂停了；等一个叫它继续的信号（SIGCONT）".to_owned(),
        On::Input => "等有人输入".to_owned(),
        On::Unknown if roster.task(thread) == Task::Loop => {
            "等描述符、定时器，或者叫醒它的别的线程；协程都在 await".to_owned()
        }
        On::Unknown => match roster.socket(thread) {
            Some(socket) => format!("等{socket}的数据"),
            None if roster.polls(thread) => "等它的几个描述符里的任何一个".to_owned(),
            None => "等什么看不出来".to_owned(),
        },
    }
}

fn unread_in_words(here: u64, there: u64) -> String {
    match (here, there) {
        (0, 0) => "两边都没有没读的字节".to_owned(),
        (here, 0) => format!("自己这边有 {here} 字节没有读"),
        (0, there) => format!("对方那边有 {there} 字节没有读"),
        (here, there) => format!("自己这边有 {here} 字节、对方那边有 {there} 字节没有读"),
    }
}

/// A space between a Chinese character and a number behind it, wherever two pieces were put together. What stands in
/// `「」` is quoted, and stays as it was.
pub fn spaced(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut quotes = 0_usize;
    for c in text.chars() {
        match c {
            '「' => quotes += 1,
            '」' => quotes = quotes.saturating_sub(1),
            _ => {}
        }
        let after_word =
            shown.ends_with(|before: char| !before.is_ascii() && before.is_alphabetic());
        if quotes == 0 && c.is_ascii_digit() && after_word {
            shown.push(' ');
        }
        shown.push(c);
    }
    shown
}

/// What a thread is doing, to be put behind its name: `在等有人输入`.
pub fn doing(roster: &Roster, thread: usize) -> String {
    let one = &roster.waiting[thread];
    match &one.on {
        On::Peer { holders, .. } => match (roster.receives(thread), holders.as_slice()) {
            (true, []) => match (roster.hears_only(thread), &one.call) {
                (Some(peer), _) => {
                    format!("在等 {peer} 发来的数据报（connect 过它的套接字只收它的）")
                }
                (None, Call::Receive { object: Object::Connection { peer, .. }, .. }) => {
                    format!("在等和 {peer} 的连接上的数据")
                }
                _ => "在等一个连接上的数据".to_owned(),
            },
            (true, holders) => format!("在等{}的数据", roster.process_names(holders)),
            (false, _) => "在发送数据".to_owned(),
        },
        On::Client { .. } => "在等下一个客户端（accept）".to_owned(),
        On::Unknown if roster.task(thread) == Task::Loop => "停在事件循环（asyncio）里".to_owned(),
        On::Pipe { .. } if roster.task(thread).words().is_some() => format!("在{}", call(one)),
        On::Pipe { .. } if roster.receives(thread) => "在等管道里的数据".to_owned(),
        On::Pipe { .. } => "在等别人读走管道里的数据".to_owned(),
        On::Child { child: Some(child), .. } => format!("在等{}结束", roster.process_name(*child)),
        On::Child { .. } => "在等子进程结束".to_owned(),
        On::Input => "在等有人输入".to_owned(),
        On::Signal => "在等一个信号".to_owned(),
        On::FileLock { .. } => format!("在等文件的锁（{}）", one.call.name()),
        On::Fifo { path } => format!("在等人打开 {path} 的另一头"),
        On::Stopped => "被信号暂停了".to_owned(),
        On::Wake { .. } if roster.task(thread) == Task::Send => {
            "在往通道发送（send），等通道腾出位子".to_owned()
        }
        On::Wake { .. } if roster.task(thread).words().is_some() => format!("在{}", woken(one)),
        On::Join { .. } => "在等另一个线程结束（join）".to_owned(),
        On::Unknown if roster.socket(thread).is_some() => "在等套接字的数据".to_owned(),
        On::Unknown if roster.polls(thread) => {
            "在等它的几个描述符里的任何一个（poll、select、epoll）".to_owned()
        }
        On::Wake { .. } | On::Unknown => format!("停在{}", call(one)),
    }
}

#[cfg(test)]
mod tests {
    use super::spaced;

    #[test]
    fn what_is_quoted_stays_as_it_was() {
        assert_eq!(spaced("等了3秒，第2次"), "等了 3秒，第 2次");
        let quoted = "「小明 30正在敲第1遍代码」是第";
        assert_eq!(spaced(&format!("{quoted}2个印的")), format!("{quoted} 2个印的"));
        // a mark that a program has printed opens nothing for ever
        assert_eq!(spaced("「」」第1"), "「」」第 1");
    }
}
