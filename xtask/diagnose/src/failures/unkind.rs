//! A scene that passes when it is played kindly and fails with an unkind kernel: that is why, and what was kept from whom.

use events::{Activity, Call, CallResult, Event, Kind, Object, Withheld};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::standstill;
use super::Past;

/// What is wrong where only the order is another one, and what helps.
const ORDER: &str = "谁先谁后没有规定：程序靠的可能是平常恰好的次序";
const WAIT: &str = "要有先后，就等：等对方的回复，join、wait，或者锁和条件变量；不要靠谁恰好先走";

/// How all that is said here begins.
const ONLY: &str = "平常演通过，只在刁难时失败";

/// A call from which something was kept.
struct Kept<'a> {
    event: usize,
    terminal: usize,
    pid: i32,
    call: &'a Call,
    done: u64,
    what: Withheld,
}

/// The mistake that only an unkind kernel shows. The same programs in the same order have passed without it: so what it kept is
/// why, and if it kept one thing only of which the program never took the rest, that is it.
pub fn find(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    if let Some(finding) = for_ever(past) {
        return Some(finding);
    }
    let kept = (0..events.len()).filter_map(|event| kept(events, event));
    let ranked = kept.map(|one| (rank(&one, events), one));
    let mut all: Vec<(Rank, Kept)> = ranked.collect();
    all.sort_by_key(|(rank, one)| (*rank, one.event));
    // nothing else was kept from anybody
    let only = matches!(all.as_slice(), [(Rank::Left, _)]);
    let (_, first) = all.first()?;
    Some(told(past, first, Certainty::proved_if(only)))
}

/// How likely it is that this is what made a program fail: the likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The program did not even begin to take, or to send, the rest.
    Left,
    /// What it sent next was not the rest.
    SentOther,
    /// It received something more, and not to the end.
    NotToTheEnd,
    /// It came late.
    Turn,
    /// It received to the end: each piece may have been taken for a whole.
    ToTheEnd,
    /// It asked for the rest, no more and no less.
    AskedForRest,
    /// It sent the rest.
    SentRest,
    /// It waited for room, and others went on.
    Waited,
}

fn rank(one: &Kept, events: &[Event]) -> Rank {
    let later = &events[one.event + 1..];
    let mut next = later.iter().filter_map(|event| same_again(one, event));
    match one.what {
        Withheld::Turn => Rank::Turn,
        Withheld::Rest => match next.next() {
            None => Rank::Left,
            Some(Again::Asks(asked)) if asked + one.done == one.asked() => Rank::AskedForRest,
            first if first.into_iter().chain(next).any(|again| again == Again::End) => {
                Rank::ToTheEnd
            }
            Some(_) => Rank::NotToTheEnd,
        },
        Withheld::Room if one.done > 0 => Rank::Waited,
        Withheld::Part | Withheld::Room => match next.find(|again| *again != Again::Waits) {
            None if !later.iter().any(|event| same_again(one, event).is_some()) => Rank::Left,
            Some(Again::Asks(asked)) if asked == one.asked().saturating_sub(one.done) => {
                Rank::SentRest
            }
            _ => Rank::SentOther,
        },
    }
}

/// What a program does next with what something was kept from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// It waits until it can.
    Waits,
    /// It asks for, or gives, so many bytes.
    Asks(u64),
    /// It has received the end.
    End,
}

fn same_again(one: &Kept, event: &Event) -> Option<Again> {
    let Kind::Traced { activity, .. } = &event.kind else { return None };
    let (call, outcome) = match activity {
        Activity::Enter(call) => (call, None),
        Activity::Leave { call, outcome } => (call, Some(*outcome)),
        _ => return None,
    };
    match (one.call, call) {
        (Call::Receive { object, .. }, Call::Receive { object: other, .. })
            if object == other && outcome == Some(CallResult::Done(0)) =>
        {
            Some(Again::End)
        }
        (Call::Receive { object, .. }, Call::Receive { object: other, data, .. })
        | (Call::Send { object, .. }, Call::Send { object: other, data, .. })
            if object == other =>
        {
            Some(Again::Asks(data.asked))
        }
        (Call::Receive { fd, .. } | Call::Send { fd, .. }, Call::Poll { fds, .. }) => {
            fds.contains(fd).then_some(Again::Waits)
        }
        _ => None,
    }
}

impl Kept<'_> {
    fn asked(&self) -> u64 {
        match self.call {
            Call::Receive { data, .. } | Call::Send { data, .. } => data.asked,
            _ => 0,
        }
    }
}

fn kept(events: &[Event], event: usize) -> Option<Kept<'_>> {
    let Kind::Traced { terminal, pid, tid, activity: Activity::Leave { call, outcome } } =
        &events[event].kind
    else {
        return None;
    };
    let (Call::Receive { data, .. } | Call::Send { data, .. }) = call else { return None };
    let what = data.withheld?;
    let done = match outcome {
        CallResult::Done(done) => u64::try_from(*done).ok()?,
        CallResult::Failed(_) => 0,
        CallResult::Interrupted => return None,
    };
    // where nobody went on meanwhile, a small buffer has changed nothing
    let is_full = what == Withheld::Room && done > 0;
    let one = Kept { event, terminal: *terminal, pid: *pid, call, done, what };
    (!is_full || others_went_on(events, event, *tid)).then_some(one)
}

/// Somebody else did something between the beginning of a thread's call and its end.
fn others_went_on(events: &[Event], end: usize, of: i32) -> bool {
    let since = events[..end].iter().rev().map_while(|event| match &event.kind {
        Kind::Traced { tid, activity: Activity::Enter(_), .. } if *tid == of => None,
        Kind::Traced { tid, .. } => Some(*tid != of),
        Kind::Line(line) => Some(line.source.is_some_and(|source| source.tid != of)),
        _ => Some(false),
    });
    since.into_iter().any(|other| other)
}

/// Nobody goes on, and somebody waits for room in a small buffer: with a big one it would not have waited. Why nobody makes room
/// is what the standstill says.
fn for_ever(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    let stuck = events.iter().position(|event| matches!(event.kind, Kind::Stuck { .. }))?;
    let waits = events[..stuck].iter().enumerate().rev().find_map(|(index, event)| {
        let Kind::Traced { pid, tid, activity: Activity::Enter(call), .. } = &event.kind else {
            return None;
        };
        let Call::Send { fd, data, .. } = call else { return None };
        let is_last = !events[index + 1..stuck]
            .iter()
            .any(|event| matches!(event.kind, Kind::Traced { tid: other, .. } if other == *tid));
        let is_it = is_last && data.withheld == Some(Withheld::Room);
        is_it.then(|| (*pid, format!("{}(fd={fd})", call.name()), data.asked.max(data.bytes)))
    });
    let (pid, call, asked) = waits?;
    let finding = standstill::find(past.case).into_iter().next()?;
    let name = past.roster.process_name(pid);
    Some(finding.begins_with(format!(
        "{ONLY}：{name}的 {call} 要发 {asked} 字节，发送缓冲区小（tcp(7) 允许），发不下，就等对方收"
    )))
}

/// What a receive got was sent by several sends: of connections that is known.
fn is_of_several(events: &[Event], one: &Kept) -> bool {
    let Call::Receive { object: Object::Connection { local, peer }, .. } = one.call else {
        return one.done > 0;
    };
    let (own, other) = (
        Object::Connection { local: *local, peer: *peer },
        Object::Connection { local: *peer, peer: *local },
    );
    let carried = |event: &Event| {
        let Kind::Traced { activity: Activity::Leave { call, outcome }, .. } = &event.kind else {
            return None;
        };
        let CallResult::Done(bytes) = outcome else { return None };
        let bytes = u64::try_from(*bytes).ok()?;
        match call {
            Call::Receive { object, data, .. } if *object == own && !data.peeked => {
                Some((true, bytes))
            }
            Call::Send { object, .. } if *object == other => Some((false, bytes)),
            _ => None,
        }
    };
    let got = events[..one.event].iter().filter_map(carried).filter(|(got, _)| *got);
    let before: u64 = got.map(|(_, bytes)| bytes).sum();
    let mut sent = 0;
    events.iter().filter_map(carried).filter(|(got, _)| !*got).any(|(_, bytes)| {
        sent += bytes;
        before < sent && sent < before + one.done
    })
}

fn told(past: &Past, one: &Kept, certainty: Certainty) -> Finding {
    let name = past.roster.process_name(one.pid);
    let fd = super::descriptor(one.call).unwrap_or_default();
    let call = format!("{}(fd={fd})", one.call.name());
    let (asked, done) = (one.asked(), one.done);
    let is_pipe = matches!(one.call, Call::Receive { object: Object::Pipe { .. }, .. });
    let pages = if is_pipe { "read(2)、pipe(7)" } else { "recv(2)" };
    let rest = if certainty == Certainty::Proved { "，它再也没有收" } else { "" };
    let (code, fact, why, advice) = match one.what {
        Withheld::Rest => (
            Code::OneReadForAll,
            format!(
                "{name}的 {call} 最多要 {asked} 字节，内核这一次只交出 {done} 个字节（{pages} 允许），其余的已经到了{rest}"
            ),
            "一次 recv（read）不一定收到全部：这里是字节流，没有一句的边界".to_owned(),
            "循环接收，直到整条消息都到了：读到 0 字节（read_to_string）、读到约好的结束标记，或者读够前面说的长度；收全了再变成文字",
        ),
        Withheld::Part => (
            Code::SendCutShort,
            format!(
                "{name}的 {call} 要发 {asked} 字节，内核这一次只收下 {done} 个字节（send(2)、write(2) 允许）{}",
                if rest.is_empty() { "" } else { "，余下的它再也没有发" }
            ),
            "一次 send（write）不一定全部发出，发了多少是它的返回值".to_owned(),
            "用 write_all（Python 的 sendall）；或者看返回值，接着发余下的",
        ),
        Withheld::Turn if is_of_several(past.case.events, one) => (
            Code::MessagesStuckTogether,
            format!(
                "{name}轮到得晚（sched(7) 允许）：它的 {call} 晚一点才收，一次收到 {done} 字节"
            ),
            "几次 send 发的，一次 recv 可以一起收到：这里是字节流，没有一句的边界".to_owned(),
            "每条消息有约好的长度或结束标记，收到的不够就接着收，多了就留给下一条",
        ),
        Withheld::Turn => (
            Code::OthersCameFirst,
            format!("{name}轮到得晚（sched(7) 允许）：它的 {call} 晚一点才收，别的线程先走了"),
            ORDER.to_owned(),
            WAIT,
        ),
        Withheld::Room if done > 0 => (
            Code::OthersCameFirst,
            format!(
                "{name}的 {call} 要发 {asked} 字节，发送缓冲区小（tcp(7) 允许）：它等对方收走一些，这时对方或别的线程先往下走了"
            ),
            ORDER.to_owned(),
            WAIT,
        ),
        Withheld::Room => (
            Code::SendCutShort,
            format!(
                "{name}的 {call} 要发 {asked} 字节，发送缓冲区小（tcp(7) 允许），这一次一个字节也没有收下（EAGAIN）"
            ),
            "非阻塞的，或者设了发送时限（SO_SNDTIMEO）的 send（write），发不下就不发，过一会儿才有空位"
                .to_owned(),
            "等到能发（poll、select）再发同样的字节；有时限的，接着发余下的，总的时间另外算",
        ),
    };
    let finding = certain(code, certainty, &fact, why);
    finding.advises(advice).about_event(one.event).in_terminal(one.terminal)
}

/// What is certain comes first; what it may have led to, after it.
fn certain(code: Code, certainty: Certainty, fact: &str, why: String) -> Finding {
    match certainty {
        Certainty::Proved => Finding::new(code, certainty, format!("{ONLY}：{fact}。{why}")),
        Certainty::Candidate => {
            Finding::new(code, certainty, why).demoted(format!("{ONLY}。{fact}"))
        }
    }
}
