//! Connections that are too many, not closed, closed in both directions too early, or received from without a buffer.

use course::script::Practice;
use events::{Activity, Call, CallResult, Exit, Half, Object, SocketKind, Stream};
use judge::{Failure, Rule};

use super::ends::End;
use super::follows::{BROKEN_OFF, Follows, PRINTED};
use super::play::{Deed, Play};
use super::{Code, Mistake};

/// A client connected more than once.
pub fn several(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let own: Vec<&End> =
            play.ends.iter().filter(|end| !end.accepted && end.terminal == terminal).collect();
        let second = own.get(1)?;
        let sentence = format!(
            "「{}」连接了 {} 次 {}：服务器端把每个连接当作一个新的客户端",
            play.name(terminal),
            own.len(),
            second.peer
        );
        let code = Code::SeveralConnections;
        // the first may be the needless one
        let first = own.first()?.opened;
        let mut follows = Follows::new(play, terminal, first).own(&BROKEN_OFF).own(&PRINTED);
        for server in own.iter().filter_map(|end| play.other(end)).map(|end| end.terminal) {
            let demanded = |practice| {
                matches!(
                    practice,
                    Practice::ConnectionsAtOnce(_)
                        | Practice::OneConnection
                        | Practice::CloseConnections
                )
            };
            follows = follows
                .shown(server, first, |_| true)
                .also(play.demands(server, demanded))
                .also(play.files_of(&[server]));
        }
        let failures = follows.in_others().all();
        let mistake = Mistake::new(code, second.opened, terminal, sentence, failures);
        Some(mistake.perhaps().mend("只连接一次，收和发都用这一个连接"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// An accepted connection was open when its program ended, or when it served the next client.
pub fn not_closed(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let accepted: Vec<&End> =
            play.ends.iter().filter(|end| end.accepted && end.terminal == terminal).collect();
        let name = play.name(terminal);
        let at_end = play.demands(terminal, |one| one == Practice::CloseConnections);
        if let Some((died, Exit::Code(_))) = play.ended(terminal)
            && !at_end.is_empty()
            // what children have goes with them
            && let Some(end) = accepted.iter().find(|end| {
                play.root(terminal) == Some(end.pid) && end.let_go.is_none_or(|at| at > died)
            })
        {
            let sentence =
                format!("「{name}」结束的时候，和 {} 的连接还没有关闭（close）", end.peer);
            let code = Code::ConnectionNotClosed;
            let mistake = Mistake::new(code, died, terminal, sentence, at_end);
            return Some(
                mistake.mend("接待完就关闭连接：让它离开作用域（drop），不要 mem::forget 或存起来"),
            );
        }
        let at_once = play.demands(terminal, |one| one == Practice::OneConnection);
        let alone = play.children(terminal).is_empty() && play.threads(terminal).is_empty();
        let pair = accepted.windows(2).find(|pair| {
            let closed = pair[0].closed;
            closed.is_none_or(|closed| closed > pair[1].opened)
        })?;
        if at_once.is_empty() || !alone {
            return None;
        }
        let sentence = format!(
            "「{name}」接受 {} 的时候，和 {} 的连接还没有关闭（close）",
            pair[1].peer, pair[0].peer
        );
        let code = Code::ConnectionNotClosed;
        let mistake = Mistake::new(code, pair[1].opened, terminal, sentence, at_once);
        Some(mistake.mend("接待完一个客户端就关闭它的连接，再 accept 下一个"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// Something had to be said of its file; it connected, or tried to, and had not yet spoken of the file.
pub fn before_the_file(play: &Play) -> Vec<Mistake> {
    let look = |failure: &Failure| {
        let (expected, terminal) =
            (failure.expected.as_deref()?, failure.subject.terminal(play.scene)?);
        if failure.rule != Rule::Stderr {
            return None;
        }
        let args = play.arguments(terminal)?;
        // neither an option nor its value
        let is_free = |at: usize| {
            let is_option = |at: usize| args[at].starts_with('-');
            !is_option(at) && (at == 0 || !is_option(at - 1))
        };
        let mut free = (0..args.len()).filter(|at| is_free(*at)).map(|at| &args[at]);
        let file = free.find(|one| expected.contains(*one))?;
        let connects = |deed: &&Deed| match deed.activity {
            Activity::Enter(Call::Connect { fd, peer, .. })
            | Activity::Leave { call: Call::Connect { fd, peer, .. }, .. } => {
                let is_meant = peer.is_some_and(|peer| expected.contains(&peer.to_string()));
                !is_meant && is_stream(play, deed, *fd)
            }
            _ => false,
        };
        let connect = play.deeds_of(terminal).find(connects)?;
        let (Activity::Enter(Call::Connect { peer, .. })
        | Activity::Leave { call: Call::Connect { peer, .. }, .. }) = connect.activity
        else {
            return None;
        };
        let has_spoken = [Stream::Out, Stream::Err].into_iter().any(|stream| {
            let before = |(event, _): &(usize, _)| *event < connect.event;
            play.lines(terminal, stream).filter(before).any(|(_, line)| line.text.contains(file))
        });
        if has_spoken {
            return None;
        }
        let sentence = format!(
            "命令行里的文件是 {file}，该先说它怎么了：「{expected}」；「{}」还没有说到它，就去连接 {}（connect）",
            play.name(terminal),
            (*peer)?
        );
        let failures = Follows::new(play, terminal, connect.event)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .in_others()
            .all();
        let code = Code::ConnectedFirst;
        let mistake = Mistake::new(code, connect.event, terminal, sentence, failures);
        Some(mistake.mend("先打开文件，看是不是能读的文件，再连接：自己这边有错，不用打扰服务器端"))
    };
    play.verdict.failures.iter().filter_map(look).take(1).collect()
}

/// A descriptor is a socket of TCP: looking up a name connects sockets of UDP.
fn is_stream(play: &Play, by: &Deed, of: i32) -> bool {
    let made = play.deeds.iter().rev().find_map(|deed| match deed.activity {
        Activity::Leave { call: Call::Socket { kind, .. }, outcome: CallResult::Done(fd) }
            if deed.event < by.event && deed.pid == by.pid && *fd == i64::from(of) =>
        {
            Some(*kind)
        }
        _ => None,
    });
    made == Some(SocketKind::Stream)
}

/// Both directions were shut down where the answer was still to come.
pub fn shut_both(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let (event, how) = end.shut.filter(|_| !end.accepted)?;
        let told = |at: Option<usize>| at.is_some_and(|at| at < event);
        let was_over = told(end.saw_end)
            || told(end.failed.map(|(at, _)| at))
            || told(end.in_vain.map(|vain| vain.over));
        if how == Half::Write || end.received() > 0 || end.sends.is_empty() || was_over {
            return None;
        }
        let (name, terminal) = (play.name(end.terminal), end.terminal);
        let (code, what, advice) = match how {
            Half::Read => (
                Code::WrongHalfShut,
                "接收的一半（SHUT_RD）：对方不知道它已经发完",
                "关闭发送的一半：Shutdown::Write",
            ),
            _ => (
                Code::BothHalvesShut,
                "两个方向（SHUT_RDWR）：回复再也收不到",
                "只关闭发送的一半：Shutdown::Write，然后收回复",
            ),
        };
        let sentence = format!("「{name}」发完之后关闭的是{what}");
        let failures = Follows::new(play, terminal, event)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .demands(|one| matches!(one, Practice::HalfClose | Practice::ReceiveFirst))
            .in_others()
            .all();
        let mistake = Mistake::new(code, event, terminal, sentence, failures);
        Some(mistake.mend(advice))
    };
    play.ends.iter().filter_map(look).take(1).collect()
}

/// It received into a buffer without length, which always brings 0 bytes, and nothing more: it took that for the end.
pub fn empty_buffer(play: &Play) -> Vec<Mistake> {
    let look = |deed: &Deed| {
        let Activity::Leave { call, outcome: CallResult::Done(0) } = deed.activity else {
            return None;
        };
        let Call::Receive { object: object @ Object::Connection { .. }, data, .. } = call else {
            return None;
        };
        let goes_on = play.deeds_of(deed.terminal).any(|later| match later.activity {
            Activity::Enter(Call::Receive { object: other, data, .. })
            | Activity::Leave { call: Call::Receive { object: other, data, .. }, .. } => {
                later.event > deed.event && other == object && data.asked > 0
            }
            _ => false,
        });
        if data.asked > 0 || data.peeked || goes_on {
            return None;
        }
        let sentence = format!(
            "「{}」接收（{}）的时候，缓冲区的长度是 0：一个字节也放不下，得到的总是 0，那不是对方说完了；它再也没有收",
            play.name(deed.terminal),
            call.name()
        );
        let failures = Follows::new(play, deed.terminal, deed.event)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .demands(|one| matches!(one, Practice::ReceiveFirst | Practice::StoreFirst))
            .in_others()
            .all();
        let code = Code::EmptyBuffer;
        let mistake = Mistake::new(code, deed.event, deed.terminal, sentence, failures);
        Some(mistake.mend(
            "缓冲区要有长度：[0; 1024]、vec![0; 1024]；Vec::new() 和 Vec::with_capacity 的长度都是 0。要收到末尾，用 read_to_end",
        ))
    };
    play.deeds.iter().filter_map(look).take(1).collect()
}

/// It answered and closed the connection, and the other side had more to ask.
pub fn closed_too_early(play: &Play) -> Vec<Mistake> {
    let look = |end: &End| {
        let other = play.other(end).filter(|_| end.accepted)?;
        let closed = end.closed?;
        let (asked, answered) = (end.receives.last()?.event, end.sends.last()?.event);
        // who was told that nothing more comes, or has waited in vain, may close; who has ended is told elsewhere
        let is_over = end.saw_end.is_some() || end.is_troubled() || end.waits.is_some();
        let later = other.sends.iter().find(|sent| sent.event > closed)?;
        let has_ended = play.ended(end.terminal).is_some_and(|(died, _)| died < later.event);
        if is_over || has_ended || answered < asked || end.shut.is_some() {
            return None;
        }
        let (name, asks) = (play.name(end.terminal), play.name(other.terminal));
        let sentence = format!(
            "「{name}」回复以后就关闭了和「{asks}」的连接；「{asks}」还没有说完，后来又发了 {} 字节，没有人收",
            other
                .sends
                .iter()
                .filter(|sent| sent.event > closed)
                .map(|sent| sent.bytes)
                .sum::<u64>()
        );
        let failures = Follows::new(play, end.terminal, closed)
            .own(&BROKEN_OFF)
            .own(&PRINTED)
            .shown(other.terminal, closed, |_| true)
            .in_others()
            .all();
        let code = Code::ClosedTooEarly;
        let mistake = Mistake::new(code, closed, end.terminal, sentence, failures);
        let mistake = mistake
            .mend("在同一个连接上循环：收一句，答一句，直到收到 0 字节（对方说完了），再关闭");
        // one that is not given may have asked once too often
        Some(if play.scene.is_given(other.terminal) { mistake } else { mistake.perhaps() })
    };
    play.ends.iter().filter_map(look).take(1).collect()
}
