//! A scene that passes when it is played kindly and fails with an unkind kernel: that is why, and what was kept from whom.

use events::{Activity, Call, CallResult, Event, Kind, Object, Withheld};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

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
    let ranked = events.iter().enumerate().filter_map(kept).map(|one| (rank(&one, events), one));
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
    /// It sent the rest.
    SentRest,
}

fn rank(one: &Kept, events: &[Event]) -> Rank {
    let later = &events[one.event + 1..];
    let mut next = later.iter().filter_map(|event| same_again(one, event));
    match one.what {
        Withheld::Turn => Rank::Turn,
        Withheld::Rest => match next.next() {
            None => Rank::Left,
            first if first.into_iter().chain(next).any(|again| again == Again::End) => {
                Rank::ToTheEnd
            }
            Some(_) => Rank::NotToTheEnd,
        },
        Withheld::Part => match next.find(|again| *again != Again::Waits) {
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

fn kept((event, one): (usize, &Event)) -> Option<Kept<'_>> {
    let Kind::Traced { terminal, pid, activity: Activity::Leave { call, outcome }, .. } = &one.kind
    else {
        return None;
    };
    let (Call::Receive { data, .. } | Call::Send { data, .. }, CallResult::Done(done)) =
        (call, outcome)
    else {
        return None;
    };
    let (what, done) = (data.withheld?, u64::try_from(*done).ok()?);
    Some(Kept { event, terminal: *terminal, pid: *pid, call, done, what })
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
        Withheld::Turn => (
            Code::MessagesStuckTogether,
            format!(
                "{name}轮到得晚（sched(7) 允许）：它的 {call} 晚一点才收，一次收到 {done} 字节"
            ),
            "几次 send 发的，一次 recv 可以一起收到：这里是字节流，没有一句的边界".to_owned(),
            "每条消息有约好的长度或结束标记，收到的不够就接着收，多了就留给下一条",
        ),
    };
    let begin = "平常演通过，只在刁难时失败";
    let finding = match certainty {
        Certainty::Proved => Finding::new(code, certainty, format!("{begin}：{fact}。{why}")),
        Certainty::Candidate => {
            Finding::new(code, certainty, why).demoted(format!("{begin}。{fact}"))
        }
    };
    finding.advises(advice).about_event(one.event).in_terminal(one.terminal)
}
