//! What a program must really do to show what its lesson teaches (`做法`): a closed set of phrases.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A line `终端 做法 用语`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Demand {
    /// Line in the script, from 1.
    pub line: usize,
    /// Index into [`Scene::terminals`](super::Scene::terminals).
    pub terminal: usize,
    /// What its program must do.
    pub practice: Practice,
}

/// Something that a program does, whatever it prints. Counts are exact where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Practice {
    /// `创建 2 个子进程`: so many by `fork(2)`, those that its children make included.
    Processes(u32),
    /// `创建 2 个线程`: so many, besides each process's first.
    Threads(u32),
    /// `等待每个子进程`: each is waited for by its parent, `wait(2)`.
    WaitForChildren,
    /// `终止子进程`: a signal other than `SIGKILL` is sent to a child that lives, `kill(2)`.
    TerminateChild,
    /// `先允许重用地址再绑定`: `SO_REUSEADDR` (`socket(7)`) is set before `bind(2)`.
    ReuseAddress,
    /// `半关闭`: only the sending half is shut down (`shutdown(2)`), and something is received afterwards.
    HalfClose,
    /// `同时至少 2 个连接`: so many that were accepted are open at one moment.
    ConnectionsAtOnce(u32),
    /// `每次只有 1 个连接`: the next is accepted when the one before is closed.
    OneConnection,
    /// `连接全部关闭`: each that was accepted is closed before the program ends, unless it was stopped.
    CloseConnections,
    /// `同时运行`: none is made only after the one before has been waited for, or (threads) has ended.
    AtOnce,
    /// `先存好再回复`: files are written and have their names before anything is sent on a connection.
    StoreFirst,
    /// `收完再起名`: nothing is written under the name of a file that the script compares before all of it has come.
    NameLast,
    /// `只监听一次`: `listen(2)` succeeds once.
    ListenOnce,
    /// `先收到再打印`: something is received from a connection before the first line is printed.
    ReceiveFirst,
    /// `创建 2 个 TCP 套接字`: so many by `socket(2)`, IPv4 or IPv6.
    TcpSockets(u32),
    /// `只用 1 个 UDP 套接字`: so many sockets of UDP, and none of TCP.
    UdpSockets(u32),
    /// `发出 3 个数据报`: so many datagrams of UDP, each by a call of its own.
    Datagrams(u32),
    /// `没有忙等`: nobody asks in vain again and again instead of waiting.
    NoBusyWaiting,
    /// `同时最多接待 4 个客户端`: at no moment more connections that were accepted are between the first and the last time that
    /// something is received from them or sent on them.
    ServedAtOnce(u32),
    /// `至少 2 个线程接待过客户端`: so many threads (or processes) received from a connection that was accepted.
    ServingThreads(u32),
    /// `印出客户端的端口`: for each connection that was accepted and was received from, a line has the port of its other end.
    ClientPort,
    /// `等到子进程再打印`: before its first line on standard output, the program has waited for each child it made until then.
    WaitFirst,
    /// `没有拿着锁睡`: nobody sleeps, or waits for bytes from a connection, with a lock for which another thread waits meanwhile.
    NoLockWhileSleeping,
    /// `内存不随数据增长`: no process has its memory grow by all that it receives.
    FlatMemory,
    /// `main 也同时运行`: the program itself prints a line while a process or a thread of its own lives.
    MainAtOnce,
}

/// What stands for a number in [`FORMS`].
const NUMBER: &str = "N";

/// A phrase, and what it means with a number for `N`.
type Form = (&'static str, fn(u32) -> Practice);

/// Every phrase.
const FORMS: [Form; 25] = [
    ("创建 N 个子进程", Practice::Processes),
    ("创建 N 个线程", Practice::Threads),
    ("等待每个子进程", |_| Practice::WaitForChildren),
    ("终止子进程", |_| Practice::TerminateChild),
    ("先允许重用地址再绑定", |_| Practice::ReuseAddress),
    ("半关闭", |_| Practice::HalfClose),
    ("同时至少 N 个连接", Practice::ConnectionsAtOnce),
    ("每次只有 1 个连接", |_| Practice::OneConnection),
    ("连接全部关闭", |_| Practice::CloseConnections),
    ("同时运行", |_| Practice::AtOnce),
    ("先存好再回复", |_| Practice::StoreFirst),
    ("收完再起名", |_| Practice::NameLast),
    ("只监听一次", |_| Practice::ListenOnce),
    ("先收到再打印", |_| Practice::ReceiveFirst),
    ("创建 N 个 TCP 套接字", Practice::TcpSockets),
    ("只用 N 个 UDP 套接字", Practice::UdpSockets),
    ("发出 N 个数据报", Practice::Datagrams),
    ("没有忙等", |_| Practice::NoBusyWaiting),
    ("没有拿着锁睡", |_| Practice::NoLockWhileSleeping),
    ("内存不随数据增长", |_| Practice::FlatMemory),
    ("同时最多接待 N 个客户端", Practice::ServedAtOnce),
    ("至少 N 个线程接待过客户端", Practice::ServingThreads),
    ("印出客户端的端口", |_| Practice::ClientPort),
    ("等到子进程再打印", |_| Practice::WaitFirst),
    ("main 也同时运行", |_| Practice::MainAtOnce),
];

impl Practice {
    /// Every phrase; `N` stands for a number.
    pub fn phrases() -> impl Iterator<Item = &'static str> {
        FORMS.iter().map(|(phrase, _)| *phrase)
    }

    /// What a phrase means. White space does not count.
    pub fn parse(text: &str) -> Option<Practice> {
        let text = joined(text);
        FORMS.iter().find_map(|(phrase, practice)| {
            let phrase = joined(phrase);
            let Some((before, after)) = phrase.split_once(NUMBER) else {
                return (text == phrase).then(|| practice(0));
            };
            let number = text.strip_prefix(before)?.strip_suffix(after)?;
            number.parse().ok().map(practice)
        })
    }
}

/// The text without its white space.
fn joined(text: &str) -> String {
    text.split_whitespace().collect()
}

impl fmt::Display for Practice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = match self {
            Practice::Processes(number)
            | Practice::Threads(number)
            | Practice::ConnectionsAtOnce(number)
            | Practice::TcpSockets(number)
            | Practice::UdpSockets(number)
            | Practice::Datagrams(number)
            | Practice::ServedAtOnce(number)
            | Practice::ServingThreads(number) => *number,
            _ => 0,
        };
        let form = FORMS.iter().find(|(_, practice)| practice(number) == *self);
        let phrase = form.map_or("", |(phrase, _)| phrase);
        f.write_str(&phrase.replace(NUMBER, &number.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_read_as_it_is_shown() {
        for phrase in Practice::phrases() {
            let phrase = phrase.replace(NUMBER, "3");
            assert_eq!(Practice::parse(&phrase).unwrap().to_string(), phrase);
        }
        assert_eq!(Practice::parse(" 创建2个 线程 "), Some(Practice::Threads(2)));
        assert_eq!(Practice::parse("每次只有 1 个连接"), Some(Practice::OneConnection));
        for wrong in ["", "创建 两 个线程", "创建 N 个线程", "每次只有 2 个连接", "半关闭了"]
        {
            assert_eq!(Practice::parse(wrong), None, "{wrong}");
        }
    }
}
