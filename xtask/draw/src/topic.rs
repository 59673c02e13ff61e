//! What a step of a source can be about, and by what one sees it: the table of calls, methods and terms.

use events::{Call, Object};

use super::deeds::{Act, Deed};

/// Kinds of deeds that a step can be about, named like their calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Socket,
    Option,
    Bind,
    Listen,
    Accept,
    Connect,
    Send,
    Receive,
    Shutdown,
    Close,
    Fork,
    Spawn,
    Wait,
    Sleep,
    Rename,
    Kill,
    AwaitSignal,
}

/// How a topic shows in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// System calls, as functions.
    pub calls: &'static [&'static str],
    /// Functions and methods of the standard library and of `shared` that make the call.
    pub methods: &'static [&'static str],
    /// The course's terms for it, as clauses of a title begin.
    pub terms: &'static [&'static str],
}

const fn evidence(
    calls: &'static [&'static str],
    methods: &'static [&'static str],
    terms: &'static [&'static str],
) -> Evidence {
    Evidence { calls, methods, terms }
}

impl Topic {
    /// By what one sees it. `TcpListener::bind`, `TcpStream::connect` and `UdpSocket::bind` make several calls.
    pub fn evidence(self) -> Evidence {
        const LISTENER: &str = "TcpListener::bind(";
        const STREAM: &str = "TcpStream::connect(";
        const DATAGRAMS: &str = "UdpSocket::bind(";
        match self {
            Topic::Socket => {
                evidence(&["socket("], &[LISTENER, STREAM, DATAGRAMS], &["创建套接字"])
            }
            // std sets it between socket and bind
            Topic::Option => {
                evidence(&["setsockopt("], &[LISTENER], &["允许地址复用", "创建套接字"])
            }
            Topic::Bind => evidence(&["bind("], &[LISTENER, DATAGRAMS], &["绑定"]),
            Topic::Listen => evidence(&["listen("], &[LISTENER], &["监听"]),
            Topic::Accept => evidence(&["accept("], &[".accept("], &["接受", "等待连接"]),
            Topic::Connect => evidence(&["connect("], &[STREAM, ".connect("], &["连接"]),
            Topic::Send => {
                evidence(&["send(", "sendto("], &[".write_all(", ".send_to("], &["发送", "回复"])
            }
            Topic::Receive => evidence(
                &["recv(", "recvfrom(", "recvmsg("],
                &[".read(", ".read_to_end(", ".read_until(", ".receive(", ".recv_from("],
                &["接收", "收"],
            ),
            Topic::Shutdown => evidence(&["shutdown("], &[".shutdown("], &["半关闭"]),
            Topic::Close => evidence(&["close("], &[], &["关闭"]),
            Topic::Fork => evidence(&["fork("], &["Process::start("], &[]),
            Topic::Spawn => evidence(&[], &["thread::spawn(", ".spawn("], &[]),
            Topic::Wait => evidence(&["waitpid(", "wait("], &[".join()"], &[]),
            Topic::Sleep => evidence(&[], &["sleep("], &[]),
            Topic::Rename => evidence(&["rename("], &[".finish()"], &[]),
            Topic::Kill => evidence(&["kill("], &[".terminate()"], &[]),
            Topic::AwaitSignal => evidence(&["sigwait("], &[".wait()"], &[]),
        }
    }

    /// What a deed is about.
    pub fn of(deed: &Deed) -> Option<Topic> {
        let call = match &deed.act {
            Act::Calls { call, .. } => call,
            Act::Sleeps(_) => return Some(Topic::Sleep),
            Act::Makes { thread: true, .. } => return Some(Topic::Spawn),
            Act::Makes { thread: false, .. } => return Some(Topic::Fork),
            // other waits (for a lock, for whatever comes first) belong to no step
            Act::Waits(
                call @ (Call::Accept { .. }
                | Call::Wait { .. }
                | Call::Futex { .. }
                | Call::Receive { .. }
                | Call::AwaitSignal { .. }),
            ) => call,
            _ => return None,
        };
        Some(match call {
            Call::Socket { .. } => Topic::Socket,
            Call::SetOption { .. } => Topic::Option,
            Call::Bind { .. } => Topic::Bind,
            Call::Listen { .. } => Topic::Listen,
            Call::Accept { .. } => Topic::Accept,
            Call::Connect { .. } => Topic::Connect,
            // a socket without a connection carries datagrams
            Call::Send { object: Object::Connection { .. } | Object::Socket { .. }, .. } => {
                Topic::Send
            }
            Call::Receive { object: Object::Connection { .. } | Object::Socket { .. }, .. } => {
                Topic::Receive
            }
            Call::Shutdown { .. } => Topic::Shutdown,
            Call::Close { .. } => Topic::Close,
            Call::Wait { .. } | Call::Futex { .. } => Topic::Wait,
            Call::Sleep { .. } => Topic::Sleep,
            Call::Rename { .. } => Topic::Rename,
            Call::Kill { .. } => Topic::Kill,
            Call::AwaitSignal { .. } => Topic::AwaitSignal,
            _ => return None,
        })
    }
}
