//! Who listens where, and how long.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use course::script::{Action, Practice};
use events::{Activity, Call, CallResult, Endpoint, Exit, Kind, Stream};
use judge::{Failure, Rule};

use super::ends::End;
use super::follows::{BROKEN_OFF, Follows};
use super::play::Play;
use super::{Code, Mistake};

/// A socket that began to listen.
struct Listening {
    event: usize,
    pid: i32,
    fd: i32,
    addr: SocketAddr,
}

fn listening(play: &Play, terminal: usize) -> Vec<Listening> {
    let all = play.deeds_of(terminal).filter_map(|deed| match deed.activity {
        Activity::Leave {
            call: Call::Listen { fd, addr: Some(addr), .. },
            outcome: CallResult::Done(_),
        } => Some(Listening { event: deed.event, pid: deed.pid, fd: *fd, addr: *addr }),
        _ => None,
    });
    all.collect()
}

/// Where a script waits for a terminal's program to listen.
fn wanted(play: &Play, terminal: usize) -> Option<SocketAddr> {
    play.scene.directions.iter().find_map(|direction| match direction.action {
        Action::Listen(Endpoint { addr, .. }) if direction.terminal == terminal => Some(addr),
        _ => None,
    })
}

/// Without a network of its own a scene has other ports than its script.
fn has_own_ports(play: &Play) -> bool {
    !play.events.iter().any(|event| matches!(event.kind, Kind::Address { .. }))
}

fn over_terminals(play: &Play, look: impl Fn(usize) -> Option<Mistake>) -> Vec<Mistake> {
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// What was bound before a socket listened.
#[derive(PartialEq, Eq)]
enum Bind {
    /// It, or its address by another descriptor.
    Done,
    /// It was tried, and failed with this error.
    Failed(i32),
    OfAnother,
    Nothing,
}

fn bind_of(play: &Play, terminal: usize, one: &Listening) -> Bind {
    let before = || play.deeds_of(terminal).filter(|deed| deed.event < one.event);
    // its descriptor may have been that of a socket that was closed
    let made = before().filter(|deed| {
        let Activity::Leave { call: Call::Socket { .. }, outcome } = deed.activity else {
            return false;
        };
        deed.pid == one.pid && *outcome == CallResult::Done(i64::from(one.fd))
    });
    let made = made.last().map_or(0, |deed| deed.event);
    let mut found = Bind::Nothing;
    for deed in before() {
        let Activity::Leave { call: Call::Bind { fd, addr }, outcome } = deed.activity else {
            continue;
        };
        let is_it = deed.event > made && (deed.pid, *fd) == (one.pid, one.fd);
        let is_its_port = addr.is_some_and(|addr| addr.port() == one.addr.port());
        match outcome {
            CallResult::Done(_) if is_it || is_its_port => return Bind::Done,
            CallResult::Done(_) if found == Bind::Nothing => found = Bind::OfAnother,
            CallResult::Failed(errno) if is_it => found = Bind::Failed(*errno),
            _ => {}
        }
    }
    found
}

/// It listens without having been bound: the kernel has chosen the port.
pub fn bind_missing(play: &Play) -> Vec<Mistake> {
    over_terminals(play, |terminal| {
        let one = listening(play, terminal).into_iter().next()?;
        let wanted = wanted(play, terminal)?;
        let bind = bind_of(play, terminal, &one);
        if bind == Bind::Done || one.addr.port() == wanted.port() {
            return None;
        }
        let (how, advice) = match bind {
            Bind::Failed(errno) => (
                format!("的绑定（bind）失败了（{}），它接着监听", events::errno_name(errno)),
                "看 bind 返回什么：失败了就说出来，不要接着 listen",
            ),
            Bind::OfAnother => (
                "绑定（bind）的是一个套接字，监听的是另一个".to_owned(),
                "bind 和 listen 用同一个套接字",
            ),
            _ => ("没有绑定（bind）就监听了".to_owned(), "listen 之前先 bind 到要监听的地址和端口"),
        };
        let sentence = format!(
            "「{}」{how}：端口 {} 是内核随便挑的，客户端要连的是 {}",
            play.name(terminal),
            one.addr.port(),
            wanted.port()
        );
        let failures = Follows::new(play, terminal, one.event)
            .own(&BROKEN_OFF)
            .demands(|practice| practice == Practice::ReuseAddress)
            .in_others()
            .all();
        let mistake = Mistake::new(Code::BindMissing, one.event, terminal, sentence, failures);
        Some(mistake.mend(advice))
    })
}

/// It listens at another port, or at all addresses, than the script says.
pub fn bound_elsewhere(play: &Play) -> Vec<Mistake> {
    over_terminals(play, |terminal| {
        let one = listening(play, terminal).into_iter().next()?;
        let wanted = wanted(play, terminal).filter(|_| has_own_ports(play))?;
        let (name, port) = (play.name(terminal), one.addr.port());
        let found = |code, sentence: String, advice: &str| {
            let failures = match code {
                Code::AllInterfaces => uninvited(play, terminal, one.event, wanted),
                _ => Follows::new(play, terminal, one.event).own(&BROKEN_OFF).in_others().all(),
            };
            Some(Mistake::new(code, one.event, terminal, sentence, failures).mend(advice))
        };
        if port == wanted.port().swap_bytes() && port != wanted.port() {
            let sentence = format!(
                "「{name}」监听的端口是 {port}，应当是 {}：两个字节反了（{port} = 0x{port:04x}）",
                wanted.port()
            );
            return found(
                Code::PortByteOrder,
                sentence,
                "端口要用网络字节序：htons，见 byteorder(3)",
            );
        }
        if port != wanted.port() {
            let sentence = format!("「{name}」监听的是 {}，应当是 {wanted}", one.addr);
            return found(Code::BoundElsewhere, sentence, "照命令行的 --addr（或默认的地址）绑定");
        }
        if one.addr.ip().is_unspecified() && !wanted.ip().is_unspecified() {
            let sentence = format!(
                "「{name}」监听的是 {}，也就是所有网卡；应当是 {wanted}：默认只让本机连",
                one.addr
            );
            return found(
                Code::AllInterfaces,
                sentence,
                "绑定 127.0.0.1；要让别的机器连，才用 0.0.0.0",
            );
        }
        None
    })
}

/// What follows where it listens at all addresses: that the script does not find it, and what shows in those who could connect to
/// another address than the right one, and in it from then on.
fn uninvited(play: &Play, terminal: usize, since: usize, wanted: SocketAddr) -> Vec<usize> {
    let told = [Rule::Listen, Rule::Forbidden, Rule::Stderr, Rule::Time, Rule::Hang];
    let mut follows = Follows::new(play, terminal, since).own(&told);
    let guests = play.ends.iter().filter(|end| {
        !end.accepted && end.peer.port() == wanted.port() && end.peer.ip() != wanted.ip()
    });
    for guest in guests {
        follows = follows.shown(guest.terminal, guest.opened, |_| true).shown(
            terminal,
            guest.opened,
            |_| true,
        );
    }
    follows.in_others().all()
}

/// A new socket listens for each client.
pub fn made_anew(play: &Play) -> Vec<Mistake> {
    over_terminals(play, |terminal| {
        let all = listening(play, terminal);
        let root = play.root(terminal)?;
        let own: Vec<&Listening> = all.iter().filter(|one| one.pid == root).collect();
        let accepted = |from: usize, to: usize| {
            let between = |end: &&End| end.accepted && end.terminal == terminal;
            play.ends.iter().filter(between).any(|end| from < end.opened && end.opened < to)
        };
        let again = own
            .windows(2)
            .find(|pair| pair[0].addr == pair[1].addr && accepted(pair[0].event, pair[1].event))?;
        let sentence = format!(
            "「{}」在 {} 监听了 {} 次：接待过客户端，又从头创建一个监听的套接字",
            play.name(terminal),
            again[0].addr,
            own.len()
        );
        // between the two nobody could connect
        let failures = Follows::new(play, terminal, again[0].event)
            .own(&BROKEN_OFF)
            .demands(|practice| practice == Practice::ListenOnce)
            .in_others()
            .all();
        let mistake =
            Mistake::new(Code::ListenerMadeAnew, again[1].event, terminal, sentence, failures);
        Some(mistake.mend("socket、bind、listen 只做一次，放在循环前面；循环里只有 accept 和接待"))
    })
}

/// The script stops it, and does not say that it ends by itself; and it had ended before.
fn ended_early(play: &Play, terminal: usize) -> Option<(usize, Exit)> {
    let has = |is: fn(&Action) -> bool| {
        let mut own = play.scene.directions.iter().filter(|one| one.terminal == terminal);
        own.any(|one| is(&one.action))
    };
    let goes_on = has(|action| matches!(action, Action::Stop(_)))
        && !has(|action| matches!(action, Action::End(_)));
    play.ended(terminal).filter(|_| goes_on)
}

/// What follows where it has ended: nobody is served since then; how it ended is said before it is over.
fn since_it_ended(play: &Play, terminal: usize, since: usize, died: usize) -> Vec<usize> {
    let own = |failure: &Failure| matches!(failure.rule, Rule::Exit | Rule::Panic);
    Follows::new(play, terminal, died)
        .shown(terminal, since, own)
        .own(&BROKEN_OFF)
        .in_others()
        .all()
}

fn clients(play: &Play, terminal: usize) -> usize {
    play.ends.iter().filter(|end| end.accepted && end.terminal == terminal).count()
}

/// One client's trouble has ended a server that should go on.
pub fn ended_by_client(play: &Play) -> Vec<Mistake> {
    over_terminals(play, |terminal| {
        let (died, exit) =
            ended_early(play, terminal).filter(|(_, exit)| *exit != Exit::Code(0))?;
        let last = play
            .ends
            .iter()
            .rfind(|end| end.accepted && end.terminal == terminal && end.opened < died)?;
        let trouble = trouble(play, last);
        // where it says itself that it ends, or where the trouble was
        let shown = trouble.as_ref().map(|(event, _)| *event);
        let shown = shown.filter(|_| play.events[died].place.is_none());
        let what = match trouble {
            Some((_, what)) => what,
            None => format!("接待客户端 {} 以后", last.peer),
        };
        let sentence = format!("「{}」{what}，整个程序就结束了：{exit}", play.name(terminal));
        let failures = since_it_ended(play, terminal, last.opened, died);
        let code = Code::OneClientEndsServer;
        let mistake = Mistake::new(code, died, terminal, sentence, failures);
        let mistake = match shown {
            Some(event) => mistake.made_at(play, event),
            None => mistake,
        };
        Some(mistake.mend("一个客户端的错误只结束它自己：在循环里处理（match），说一行，再接待下一个；不要用 ? 或 unwrap"))
    })
}

/// A server that should go on has ended well after some clients.
pub fn ended_after_client(play: &Play) -> Vec<Mistake> {
    over_terminals(play, |terminal| {
        let (died, _) = ended_early(play, terminal).filter(|(_, exit)| *exit == Exit::Code(0))?;
        let count = clients(play, terminal);
        let last = play.ends.iter().rfind(|end| end.accepted && end.terminal == terminal)?;
        let waited_again = play.deeds_of(terminal).any(|deed| {
            deed.event > last.opened
                && matches!(deed.activity, Activity::Enter(Call::Accept { .. }))
        });
        let name = play.name(terminal);
        let sentence =
            format!("「{name}」接待了 {count} 个客户端就自己结束了；剧本里它一直接待，直到被停止");
        let failures = since_it_ended(play, terminal, died, died);
        let code = Code::EndsAfterClient;
        // who accepted twice is in a loop already
        let advice = match count {
            0 | 1 => "把 accept 和接待放进循环（loop）里",
            _ => "看循环在哪里停了：接待完一个，不管成败，都回去等下一个（不要 break、return）",
        };
        let mistake = Mistake::new(code, died, terminal, sentence, failures).mend(advice);
        let mistake = mistake.made_at(play, last.opened);
        // who waited for one more has ended for another reason
        Some(if waited_again { mistake.perhaps() } else { mistake })
    })
}

/// What went wrong with a connection, and when.
fn trouble(play: &Play, end: &End) -> Option<(usize, String)> {
    if let Some((event, errno)) = end.failed {
        let errno = events::errno_name(errno);
        return Some((event, format!("和客户端 {} 的连接出了错（{errno}）", end.peer)));
    }
    let event = play.time_was_up(end)?;
    Some((event, format!("等客户端 {}，等到了时限（EAGAIN）", end.peer)))
}

/// A client's trouble of which the server said nothing.
pub fn error_swallowed(play: &Play) -> Vec<Mistake> {
    over_terminals(play, |terminal| {
        let mut failures = play.failures_of(terminal, &[Rule::Stderr]);
        if !failures.is_empty() {
            failures.extend(play.waited_for(terminal));
        }
        // who tries again, or still has the connection, may speak of it later
        let gave_up = |end: &End| {
            let (event, what) =
                trouble(play, end).filter(|_| end.accepted && end.terminal == terminal)?;
            let again = end.receives.iter().any(|got| got.event > event);
            let closed = end.closed.is_some_and(|closed| closed > event);
            (closed && !again).then_some((event, what))
        };
        let undecoded = |end: &End| undecoded(play, end).filter(|_| end.terminal == terminal);
        let proved = play.ends.iter().find_map(gave_up);
        let is_proved = proved.is_some();
        let (event, what) = proved.or_else(|| play.ends.iter().find_map(undecoded))?;
        let said: BTreeSet<usize> =
            play.lines(terminal, Stream::Err).map(|(event, _)| event).collect();
        if said.range(event..).next().is_some() {
            return None;
        }
        let name = play.name(terminal);
        let sentence = format!("「{name}」{what}，之后标准错误里一个字也没有");
        let mistake = Mistake::new(Code::ErrorSwallowed, event, terminal, sentence, failures);
        let mistake =
            mistake.mend("出了错，在标准错误里说一行：哪个客户端，出了什么错；再接待下一个");
        Some(if is_proved { mistake } else { mistake.perhaps() })
    })
}

/// What came last is no text, and it was given up without an answer.
fn undecoded(play: &Play, end: &End) -> Option<(usize, String)> {
    let last = end.receives.last().filter(|_| end.accepted && end.sends.is_empty())?;
    end.closed.filter(|closed| *closed > last.event)?;
    let data = last.data;
    let is_text = !data.binary || data.cut || !data.text.contains('\u{fffd}');
    let answered = play
        .lines(end.terminal, Stream::Out)
        .any(|(event, _)| event > last.event && end.closed.is_some_and(|closed| event < closed));
    if is_text || answered {
        return None;
    }
    let what = format!(
        "最后从客户端 {} 收到的 {} 字节不是 UTF-8，没有回复就关闭了连接",
        end.peer, last.bytes
    );
    Some((last.event, what))
}
