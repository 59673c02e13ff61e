//! Who did not wait, or not long enough.

use std::time::Duration;

use events::{Activity, Call, CallResult, Exit, Kind, Stream};
use nix::errno::Errno;

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::ledger::out;
use super::{Failed, Past, descriptor};

/// `EAGAIN` of a socket that does not wait (`fcntl(2)`, `O_NONBLOCK`), and the program ended badly right after it. A time
/// limit (`SO_RCVTIMEO`, `socket(7)`) gives the same error: that the call has waited tells them apart.
pub fn explain(past: &Past, failed: &Failed) -> Option<Finding> {
    if failed.errno != Errno::EAGAIN || !ended_with_error(past, failed.terminal) {
        return None;
    }
    let (what, wait) = match failed.call {
        Call::Receive { .. } => ("那时还没有数据", "等它可读（select、poll）再收"),
        Call::Accept { .. } => ("那时还没有客户端来", "等有客户端来（select、poll）再 accept"),
        Call::Send { .. } => ("那时发送缓冲区满了", "等它可写（select、poll）再发"),
        _ => return None,
    };
    let fd = descriptor(failed.call)?;
    let limited = past.case.events[..failed.event].iter().any(|event| match &event.kind {
        Kind::Traced { pid, activity: Activity::Leave { call, .. }, .. } => {
            *pid == failed.pid
                && matches!(call, Call::SetOption { option, .. } if option.ends_with("TIMEO"))
        }
        _ => false,
    });
    // whoever asks again knows what it means
    let asks = |call: &Call| match call {
        Call::Poll { .. } => true,
        Call::Close { .. } => false,
        call => descriptor(call) == Some(fd),
    };
    let again = past.case.events[failed.event + 1..].iter().any(|event| match &event.kind {
        Kind::Traced { pid, activity: Activity::Enter(call), .. }
        | Kind::Traced { pid, activity: Activity::Leave { call, .. }, .. } => {
            *pid == failed.pid && asks(call)
        }
        _ => false,
    });
    if again {
        return None;
    }
    if limited {
        return limit_of_socket(past, failed, fd);
    }
    let sentence = format!(
        "{}的 {}(fd={fd}) 失败（EAGAIN）：这个套接字不等待（非阻塞），{what}；不是断开，也不是超时",
        past.roster.process_name(failed.pid),
        super::verb(failed.call)
    );
    let finding = Finding::new(Code::NotReadyYet, Certainty::Proved, sentence);
    Some(finding.advises(format!("{wait}；或者让它等待（不设非阻塞）")))
}

/// A call with a time limit of the socket (`SO_RCVTIMEO`, `SO_SNDTIMEO` of `socket(7)`) has waited so long in vain.
fn limit_of_socket(past: &Past, failed: &Failed, fd: i32) -> Option<Finding> {
    let events = past.case.events;
    let begun = events[..failed.event].iter().rev().find(|event| match &event.kind {
        Kind::Traced { tid, activity: Activity::Enter(call), .. } => {
            *tid == failed.tid && call.name() == failed.call.name()
        }
        _ => false,
    })?;
    let waited = events[failed.event].at.saturating_sub(begun.at);
    if waited < SHORTEST_LIMIT {
        return None;
    }
    let (option, what, by) = match failed.call {
        Call::Send { .. } => ("SO_SNDTIMEO", "没有能发出去", "set_write_timeout"),
        Call::Accept { .. } => ("SO_RCVTIMEO", "没有客户端来", "set_read_timeout"),
        _ => ("SO_RCVTIMEO", "没有数据来", "set_read_timeout"),
    };
    let name = past.roster.process_name(failed.pid);
    let sentence = format!(
        "{name}的 {}(fd={fd}) 等了 {}{what}，时限到了（EAGAIN）：这个套接字会等待，但程序给它设了时限（{option}，例如 {by}）{}",
        super::verb(failed.call),
        seconds(waited),
        later(past, failed)
    );
    let finding = Finding::new(Code::TimeLimitReached, Certainty::Proved, sentence);
    let advice = "把时限放长，或者处理这个错误（WouldBlock、TimedOut）再等";
    Some(finding.advises(format!("{advice}{}", or_the_other(past))))
}

/// A shorter wait is none: the socket does not wait.
const SHORTEST_LIMIT: Duration = Duration::from_millis(1);

/// The other side might have to change, unless it is a partner, perhaps.
fn or_the_other(past: &Past) -> &'static str {
    let scene = past.case.scene;
    match (0..scene.terminals.len()).any(|one| scene.is_partner(one)) {
        true => "",
        false => "；对方该答得更快的话，改对方",
    }
}

/// What the other side sent when it was too late.
fn later(past: &Past, failed: &Failed) -> String {
    let events = past.case.events;
    let Call::Receive { object, .. } = failed.call else { return String::new() };
    let Some((local, peer)) = out(object) else { return String::new() };
    let sent = events[failed.event..].iter().find_map(|event| match &event.kind {
        Kind::Traced { pid, activity: Activity::Enter(Call::Send { object, .. }), .. } => {
            (out(object) == Some((peer, local))).then_some((*pid, event.at))
        }
        _ => None,
    });
    let Some((pid, at)) = sent else { return String::new() };
    let after = at.saturating_sub(events[failed.event].at);
    format!("；{}过了 {}才发", past.roster.process_name(pid), seconds(after))
}

/// A program waited for a descriptor for so long and no longer, and says that its time is up.
pub fn find(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    let (says, terminal, source) = events.iter().enumerate().find_map(|(index, event)| {
        let Kind::Line(line) = &event.kind else { return None };
        let says = ["TimeoutError: timed out", "socket.timeout: timed out"];
        let up = line.stream == Stream::Err && says.iter().any(|says| line.text.starts_with(says));
        up.then_some((index, line.terminal, line.source))
    })?;
    if !ended_with_error(past, terminal) {
        return None;
    }
    // the last wait of the one who says so: in vain
    let (event, pid, fd, limit) =
        events[..says].iter().enumerate().rev().find_map(|(index, one)| {
            let Kind::Traced {
                terminal: t, pid, activity: Activity::Leave { call, outcome }, ..
            } = &one.kind
            else {
                return None;
            };
            let Call::Poll { fds, timeout: Some(limit) } = call else { return None };
            let mine = *t == terminal && source.is_none_or(|source| source.pid == *pid);
            let [fd] = fds.as_slice() else { return None };
            (mine && *outcome == CallResult::Done(0)).then_some((index, *pid, *fd, *limit))
        })?;
    let name = past.roster.process_name(pid);
    let waited =
        format!("{name}等 {fd} 号套接字等了 {}，时限到了就不等了（TimeoutError）", seconds(limit));
    if let Some((sent, asked)) = cut_short(past, event, terminal, (pid, fd)) {
        let sentence = format!(
            "{name}的 send(fd={fd}) 只发出 {sent} 字节，要发的是 {asked} 字节：余下的再也没有发，对方等不到；{waited}"
        );
        let finding = Finding::new(Code::SendCutShort, Certainty::Proved, sentence);
        let finding =
            finding.advises("用 sendall（write_all），或者看 send 的返回值，接着发余下的");
        return Some(finding.about_event(event).in_terminal(terminal));
    }
    let finding = Finding::new(Code::TimeLimitReached, Certainty::Proved, waited);
    let advice = "把时限放长，或者接住这个错误再等";
    let finding = finding.advises(format!("{advice}{}", or_the_other(past)));
    Some(finding.about_event(event).in_terminal(terminal))
}

/// The last thing sent there was sent in part, and the rest never: bytes sent, and asked for. Not of one whose traceback
/// shows that it was sending all, and got no further.
fn cut_short(past: &Past, before: usize, of: usize, socket: (i32, i32)) -> Option<(u64, u64)> {
    let sends_all = |event: &events::Event| match &event.kind {
        Kind::Line(line) => {
            (line.terminal, line.stream) == (of, Stream::Err) && line.text.contains("sendall")
        }
        _ => false,
    };
    if past.case.events.iter().any(sends_all) {
        return None;
    }
    let last = past.case.events[..before].iter().rev().find_map(|event| match &event.kind {
        Kind::Traced {
            pid: p,
            activity: Activity::Leave { call: Call::Send { fd: f, data, .. }, outcome },
            ..
        } if (*p, *f) == socket => match outcome {
            CallResult::Done(sent) => Some((u64::try_from(*sent).unwrap_or(0), data.asked)),
            _ => Some((0, 0)),
        },
        _ => None,
    });
    last.filter(|(sent, asked)| sent < asked)
}

/// The program of this terminal ended, and not well.
fn ended_with_error(past: &Past, terminal: usize) -> bool {
    past.case.events.iter().any(|event| match event.kind {
        Kind::Exited { terminal: t, exit } => t == terminal && exit != Exit::Code(0),
        _ => false,
    })
}

fn seconds(length: Duration) -> String {
    let tenths = (length.as_secs_f64() * 10.0).round() / 10.0;
    format!("{tenths} 秒")
}
