//! A deed in the words of the notes: 绑定 bind(fd=3, 127.0.0.1:8888). A number of a descriptor is not to be taken for a
//! section of the manual: recv(2).

use std::time::Duration;

use nix::sys::signal::Signal;

use events::{Call, CallResult, Data, Exit, Half, Object, SocketKind, Withheld, failure_in_words};

use text::thousands;

use super::deeds::{Act, Deed, is_being_made, joined};
use super::names::Namer;
use super::printed::prints;
use cast::{Actors, Role};

/// A short text; where it has to be shortened, the quotation in it is cut first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase {
    /// What stands before.
    pub head: String,
    /// What is quoted, without its 「」.
    pub quote: Option<String>,
    /// What stands behind.
    pub tail: String,
}

impl Phrase {
    fn plain(head: impl Into<String>) -> Phrase {
        Phrase { head: head.into(), ..Phrase::default() }
    }

    pub fn quoting(head: impl Into<String>, quote: String, tail: impl Into<String>) -> Phrase {
        Phrase { head: head.into(), quote: Some(quote), tail: tail.into() }
    }

    /// All of it.
    pub fn full(&self) -> String {
        match &self.quote {
            Some(quote) => format!("{}「{quote}」{}", self.head, self.tail),
            None => format!("{}{}", self.head, self.tail),
        }
    }
}

/// Puts deeds into words.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    /// Who there is.
    pub actors: &'a Actors,
    /// What things are called.
    pub namer: &'a Namer<'a>,
}

impl Speaker<'_> {
    /// What was done.
    pub fn phrase(&self, deed: &Deed) -> Phrase {
        match &deed.act {
            Act::Begins => Phrase::plain(match self.actors.all[deed.actor].role {
                Role::Thread => "线程开始",
                Role::Program | Role::Process => "子进程开始",
            }),
            Act::Calls { call, outcome } => self.call(call, *outcome, deed),
            Act::Sleeps(total) => {
                Phrase::plain(format!("睡眠 {} 次，一共 {}", deed.count, seconds(*total)))
            }
            Act::Waits(call) => {
                let pid = self.actors.all[deed.actor].pid;
                Phrase::plain(match joined(call, pid, self.actors) {
                    Some(thread) => format!("等待{}结束 join()..", self.thread(thread)),
                    None => self.wait(call),
                })
            }
            Act::Prints { stream, first, last } => prints(*stream, first, last, deed.count),
            Act::Typed(Some(text)) => Phrase::quoting("键盘输入", visible(text), ""),
            Act::Typed(None) => Phrase::plain("键盘输入完（Ctrl-D）"),
            Act::Makes { child, .. } => self.makes(*child, deed.count),
            Act::Runs { program } => Phrase::plain(format!("运行程序 exec({program})")),
            Act::Signalled { number, .. } => {
                Phrase::plain(format!("收到信号 {}{}", signal(*number), by_hand(*number)))
            }
            Act::Ends { ended, taken, unwaited, .. } => {
                let mut text = match ended {
                    Exit::Code(code) => format!("结束（退出码 {code}）"),
                    Exit::Signal(number) => {
                        format!("被信号 {} 终止{}", signal(*number), by_hand(*number))
                    }
                };
                if *taken > 0 {
                    text.push_str(&format!("，还没结束的 {taken} 个线程也随它没了"));
                }
                if *unwaited {
                    text.push_str("，父进程到结束也没有等它：一直是僵尸进程");
                }
                Phrase::plain(text)
            }
            Act::ThreadEnds => Phrase::plain("线程结束"),
            Act::Repeats { steps, times } => Phrase::plain(repeats(*steps, *times, deed.bytes)),
            Act::LeftOut { lines } => {
                Phrase::plain(format!("……这里省略 {} 行", thousands(*lines as u64)))
            }
        }
    }

    /// What a call waits for.
    pub fn wait(&self, call: &Call) -> String {
        match call {
            Call::Accept { fd, .. } => format!("等待客户端 accept(fd={fd}).."),
            Call::Receive { fd, object: Object::Pipe { .. }, .. } => {
                format!("等待管道里的数据 read(fd={fd})..")
            }
            Call::Receive { fd, object: Object::Input, .. } => format!("等待键盘 read(fd={fd}).."),
            Call::Receive { fd, .. } => format!("等待数据 recv(fd={fd}).."),
            Call::Wait { .. } => "等待子进程 wait()..".to_owned(),
            Call::AwaitSignal { .. } => "等待信号 sigwait()..".to_owned(),
            Call::Futex { .. } => "等待别的线程 futex()..".to_owned(),
            Call::Poll { .. } => "等待连接或数据 poll()..".to_owned(),
            Call::Connect { fd, .. } => format!("等待连上 connect(fd={fd}).."),
            Call::Send { fd, object: Object::Pipe { .. }, data } => {
                format!("写管道 {} 字节，等人读走 write(fd={fd})..", thousands(data.bytes))
            }
            Call::Send { fd, data, .. } => {
                format!("发送 {} 字节，等对方接收 send(fd={fd})..", thousands(data.bytes))
            }
            Call::LockFile { fd, .. } => format!("等待文件锁 {}(fd={fd})..", call.name()),
            Call::Other { number } => format!("等待别的进程或线程（{number} 号系统调用）.."),
            Call::Sleep { length } => format!("睡眠 {}", seconds(*length)),
            call => format!("等待 {}()..", call.name()),
        }
    }

    /// A call that was made. Long because it has an arm for every call.
    fn call(&self, call: &Call, outcome: Option<CallResult>, deed: &Deed) -> Phrase {
        let value = match outcome {
            Some(CallResult::Done(value)) => Some(value),
            _ => None,
        };
        let result = value.map(|value| format!(" = {value}")).unwrap_or_default();
        let address = |addr: &Option<std::net::SocketAddr>| {
            addr.map_or_else(|| "..".to_owned(), |addr| self.namer.address(addr))
        };
        let mut phrase = match call {
            Call::Socket { kind, .. } => {
                let kind = if *kind == SocketKind::Datagram { "UDP" } else { "" };
                Phrase::plain(format!("创建套接字 socket({kind}){result}"))
            }
            Call::SetOption { fd, option, .. } => {
                Phrase::plain(format!("允许地址复用 setsockopt(fd={fd}, {option})"))
            }
            Call::Bind { fd, addr } => {
                Phrase::plain(format!("绑定 bind(fd={fd}, {})", address(addr)))
            }
            Call::Listen { fd, backlog, .. } => {
                Phrase::plain(format!("监听 listen(fd={fd}, {backlog})"))
            }
            Call::Accept { fd, peer, .. } => match peer {
                Some(peer) => Phrase::plain(format!(
                    "接受 accept(fd={fd}){result} 来自 {}",
                    self.namer.address(*peer)
                )),
                None => Phrase::plain(format!("接受 accept(fd={fd}){result}")),
            },
            Call::Connect { fd, peer, .. } => {
                Phrase::plain(format!("连接 connect(fd={fd}, {})", address(peer)))
            }
            Call::Send { fd, object, data } => {
                let head = match object {
                    Object::File { path } => format!("写入 {}", self.namer.file(path)),
                    Object::Pipe { .. } => format!("写管道 write(fd={fd})"),
                    _ => format!("发送 send(fd={fd})"),
                };
                let mut phrase = self.bytes(&head, data, deed);
                let taken = value.and_then(|value| u64::try_from(value).ok());
                if taken.is_some_and(|taken| 0 < taken && taken < data.asked) && deed.count <= 1 {
                    let asked = thousands(data.asked);
                    phrase.tail.push_str(&format!("，要发的是 {asked} 字节"));
                }
                if deed.count <= 1 {
                    phrase.tail.push_str(match data.withheld {
                        Some(Withheld::Part) => "：刁难，send(2) 允许",
                        Some(Withheld::Room) => "，发送缓冲区小：刁难，tcp(7) 允许",
                        _ => "",
                    });
                }
                phrase
            }
            Call::Receive { fd, data, .. } if value == Some(0) && data.is_datagram() => {
                Phrase::plain(format!("收到空的数据报 recv(fd={fd}) = 0"))
            }
            Call::Receive { fd, object, .. } if value == Some(0) => Phrase::plain(match object {
                Object::Input => format!("键盘输入完 read(fd={fd}) = 0"),
                Object::Pipe { .. } => format!("读到结束 read(fd={fd}) = 0"),
                _ => format!("收到结束 recv(fd={fd}) = 0"),
            }),
            Call::Receive { fd, object, data } => {
                let head = match object {
                    Object::Input => format!("读键盘 read(fd={fd})"),
                    Object::Pipe { .. } => format!("读管道 read(fd={fd})"),
                    _ if data.peeked => format!("先看一眼 recv(fd={fd}, MSG_PEEK)"),
                    _ => format!("收到 recv(fd={fd})"),
                };
                let mut phrase = self.bytes(&head, data, deed);
                if data.withheld == Some(Withheld::Rest) && deed.count <= 1 {
                    phrase.tail.push_str("，后面的内核没有交出：刁难，recv(2) 允许");
                }
                phrase
            }
            Call::Shutdown { fd, object, how } => {
                let how_word = match how {
                    Half::Read => "SHUT_RD",
                    Half::Write => "SHUT_WR",
                    Half::Both => "SHUT_RDWR",
                };
                let verb = match (object, how) {
                    (Object::Listener { .. }, _) => "不再监听",
                    (_, Half::Both) => "两个方向都关",
                    _ => "半关闭",
                };
                Phrase::plain(format!("{verb} shutdown(fd={fd}, {how_word})"))
            }
            Call::Close { fd, .. } => Phrase::plain(format!("关闭 close(fd={fd})")),
            Call::Pipe { read, write, .. } => {
                Phrase::plain(format!("创建管道 pipe() = [{read}, {write}]"))
            }
            Call::Sleep { length } if deed.count > 1 => {
                Phrase::plain(format!("每次睡眠 {}，共 {} 次", seconds(*length), deed.count))
            }
            Call::Sleep { length } => {
                let cut = match outcome {
                    None => "（没有睡完）",
                    Some(CallResult::Interrupted) => "（被信号打断）",
                    Some(_) => "",
                };
                Phrase::plain(format!("睡眠 {}{cut}", seconds(*length)))
            }
            Call::Wait { ended, .. } => {
                let child = value.map(|value| self.namer.process(value as i32));
                let child = child.map(|child| format!(" = {child}")).unwrap_or_default();
                let how = match ended {
                    Some(Exit::Code(code)) => format!("（退出码 {code}）"),
                    Some(Exit::Signal(number)) => format!("（{}）", signal(*number)),
                    None => String::new(),
                };
                Phrase::plain(format!("等到子进程结束 wait(){child}{how}"))
            }
            Call::Kill { target, signal: number } => {
                let whom = self.namer.receivers(*target);
                Phrase::plain(format!("发信号 kill({whom}, {})", signal(*number)))
            }
            Call::AwaitSignal { .. } => {
                let which = value.map(|value| signal(value as i32)).unwrap_or_default();
                Phrase::plain(format!("等到信号 sigwait() = {which}"))
            }
            Call::Rename { from, to } => Phrase::plain(format!(
                "改名 rename({}, {})",
                self.namer.file(from),
                self.namer.file(to)
            )),
            Call::Futex { .. } => {
                let pid = self.actors.all[deed.actor].pid;
                let thread = joined(call, pid, self.actors).map(|thread| self.thread(thread));
                Phrase::plain(format!("等到{}结束 join()", thread.unwrap_or_default()))
            }
            Call::LockFile { fd, .. } => {
                Phrase::plain(format!("得到文件锁 {}(fd={fd})", call.name()))
            }
            Call::Poll { .. } | Call::Other { .. } => {
                Phrase::plain(format!("{}(){result}", call.name()))
            }
        };
        if deed.unread > 0 {
            phrase.tail.push_str(&match deed.unread >= deed.bytes {
                true => "，没有人读".to_owned(),
                false => format!("，其中 {} 字节没有人读", thousands(deed.unread)),
            });
        }
        if is_being_made(call, outcome) {
            phrase.tail.push_str("，不等连上（EINPROGRESS）");
        } else if let Some(CallResult::Failed(errno)) = outcome {
            phrase.tail.push_str(&format!(" 失败：{}", failure_in_words(call, errno)));
        }
        phrase
    }

    /// Bytes that went into or came out of something.
    fn bytes(&self, head: &str, data: &Data, deed: &Deed) -> Phrase {
        let Deed { count, bytes, .. } = deed;
        if *count > 1 {
            return Phrase::plain(format!("{head} 共 {count} 次，{bytes} 字节"));
        }
        if *bytes == 0 {
            return Phrase::plain(format!("{head} 0 字节"));
        }
        if data.binary && *bytes <= data.head.len() as u64 {
            let hex: Vec<String> = data.head.iter().map(|byte| format!("{byte:02x}")).collect();
            return Phrase::plain(format!("{head} {bytes} 字节：{}", hex.join(" ")));
        }
        if data.binary {
            return Phrase::plain(format!("{head} {bytes} 字节（不是文字）"));
        }
        let cut = if data.cut { ".." } else { "" };
        let text = visible(&self.namer.text(&data.text));
        Phrase::quoting(format!("{head} "), format!("{text}{cut}"), format!(" {bytes} 字节"))
    }

    /// A thread in the middle of a sentence; one that is alone has no number.
    fn thread(&self, actor: usize) -> String {
        match self.actors.all[actor].name.trim_start_matches("线程").trim() {
            "" => "线程".to_owned(),
            name => format!("线程 {name} "),
        }
    }

    fn makes(&self, child: usize, count: u64) -> Phrase {
        let actor = &self.actors.all[child];
        let thread = actor.role == Role::Thread;
        Phrase::plain(match (thread, count) {
            (true, 1) => match self.thread(child).trim_end() {
                "线程" => "创建线程".to_owned(),
                name => format!("创建 [{name}]"),
            },
            (true, count) => format!("创建线程，共 {count} 个"),
            (false, 1) => format!("创建子进程 fork() = {}", self.namer.process(actor.pid)),
            (false, count) => format!("创建子进程 fork()，共 {count} 个"),
        })
    }
}

/// What stands above is done so many times again.
fn repeats(steps: usize, times: usize, bytes: u64) -> String {
    let times = thousands(times as u64);
    let carried = match bytes {
        0 => String::new(),
        bytes => format!("，收发 {} 字节", thousands(bytes)),
    };
    match steps {
        1 => format!("……这一步又重复了 {times} 遍{carried}"),
        steps => format!("……以上 {steps} 步又重复了 {times} 遍{carried}"),
    }
}

/// A signal's name.
pub fn signal(number: i32) -> String {
    match Signal::try_from(number) {
        Ok(signal) => signal.as_str().to_owned(),
        Err(_) => format!("{number} 号"),
    }
}

/// Who sends this signal by pressing keys.
fn by_hand(number: i32) -> &'static str {
    if number == 2 { "（Ctrl-C）" } else { "" }
}

/// A length of time as the notes write it.
pub fn seconds(length: Duration) -> String {
    let hundredths = (length.as_secs_f64() * 100.0).round() / 100.0;
    if hundredths == 0.0 {
        return format!("{} 毫秒", length.as_millis());
    }
    format!("{hundredths} 秒")
}

/// Control characters are written, not obeyed.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' => shown.push_str("\\0"),
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}
