//! One that asks again and again for what will never come, or only computes.

use events::{Activity, Call, CallResult, Event, Exit, Half, Kind, Object, Place};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// So often 0 bytes in a row, and it is no accident.
const MANY: usize = 100;

/// A thread receives the end of a connection or a pipe again and again, asks for what does not come, or computes without
/// end.
pub fn find(past: &Past) -> Option<Finding> {
    let asks = || asks_for_zombie(past).or_else(|| asks(past));
    ignores_the_end(past).or_else(asks).or_else(|| computes(past))
}

/// A parent asks whether a child is there that has ended, and for which he has not waited.
fn asks_for_zombie(past: &Past) -> Option<Finding> {
    let asker = Asker::of(past)?;
    let events = &past.case.events[..asker.about];
    let asked = |event: &Event| match &event.kind {
        Kind::Traced { tid, activity: Activity::Leave { call, outcome }, .. } => {
            match (call, outcome) {
                (Call::Kill { target, signal: 0 }, CallResult::Done(0)) if *tid == asker.tid => {
                    Some(*target)
                }
                _ => None,
            }
        }
        _ => None,
    };
    let child = events.iter().rev().find_map(asked)?;
    let (ended, exit) = events.iter().enumerate().find_map(|(index, event)| match event.kind {
        Kind::Traced { pid, activity: Activity::Exited(exit), .. } if pid == child => {
            Some((index, exit))
        }
        _ => None,
    })?;
    let made = events.iter().any(|event| match event.kind {
        Kind::Traced { pid, activity: Activity::NewProcess { child: one }, .. } => {
            (pid, one) == (asker.pid, child)
        }
        _ => false,
    });
    let waited_for = events.iter().any(|event| match &event.kind {
        Kind::Traced { activity: Activity::Leave { call: Call::Wait { .. }, outcome }, .. } => {
            *outcome == CallResult::Done(child.into())
        }
        _ => false,
    });
    let times = events[ended..].iter().filter(|event| asked(event) == Some(child)).count();
    if !made || waited_for || times == 0 {
        return None;
    }
    let (name, child) = (past.roster.process_name(asker.pid), past.roster.process_name(child));
    let sentence = format!(
        "{child}已经结束了（{exit}），{name}却没有 waitpid，它成了僵尸进程（zombie）：对僵尸 kill(pid, 0) 也成功，{name}{}在它结束以后问了 {times} 次它还在不在，每次都是「还在」",
        asker.place()
    );
    let finding = Finding::new(Code::AsksForZombie, Certainty::Proved, sentence);
    let advice = "用 waitpid(pid, WNOHANG)（Python 的 os.waitpid 加 os.WNOHANG、Popen.poll，Rust 的 try_wait）看它结束没有，不要用 kill(pid, 0)";
    Some(finding.advises(advice).at(asker.at).about_event(asker.about).in_terminal(asker.terminal))
}

/// A thread makes a call again and again, each time in vain.
fn asks(past: &Past) -> Option<Finding> {
    let asker = Asker::of(past)?;
    if went_on(past, asker.about, asker.pid, asker.tid) {
        return None;
    }
    let what = match asker.call {
        "sched_yield" => "让出处理器（sched_yield），没有做别的看得到的系统调用".to_owned(),
        "poll" => "看描述符准备好没有（poll、select，时限是 0），每次都没有".to_owned(),
        "wait" => "问子进程结束没有（wait，WNOHANG），每次都还没有".to_owned(),
        "kill" => "问一个进程还在不在（kill，信号 0），每次都还在".to_owned(),
        // that it got the end each time is said elsewhere
        call if asker.got_the_end(past) => format!("调用 {call}，每次都是 0 字节"),
        call => format!("调用 {call}，每次都是「现在还没有」（EAGAIN）"),
    };
    let name = past.roster.process_name(asker.pid);
    let sentence = format!("{name}{}一遍一遍地{what}", asker.place());
    let finding = Finding::new(Code::AsksForEver, Certainty::Proved, sentence);
    let advice = "不要空转：用会等的调用（阻塞的 recv、accept、wait，有时限的 poll、select），等别的线程用 join、条件变量";
    Some(finding.advises(advice).about_event(asker.about).in_terminal(asker.terminal))
}

/// Who was found to make a call again and again.
struct Asker<'a> {
    /// The event that tells of it.
    about: usize,
    terminal: usize,
    pid: i32,
    tid: i32,
    call: &'a str,
    at: Option<&'a Place>,
}

impl<'a> Asker<'a> {
    fn of(past: &Past<'a>) -> Option<Asker<'a>> {
        past.case.events.iter().enumerate().find_map(|(about, event)| match &event.kind {
            Kind::Computing { terminal, pid, tid, repeats: Some(call), place, .. } => {
                let (terminal, pid, tid, at) = (*terminal, *pid, *tid, place.as_ref());
                Some(Asker { about, terminal, pid, tid, call, at })
            }
            _ => None,
        })
    }

    /// Where it is, as a part of a sentence.
    fn place(&self) -> String {
        let at = self.at.map(|place| format!("在 {place}（函数 {}）", place.function));
        at.unwrap_or_default()
    }

    /// The last thing that it got is the end of what it reads.
    fn got_the_end(&self, past: &Past) -> bool {
        let last =
            past.case.events[..self.about].iter().rev().find_map(|event| match &event.kind {
                Kind::Traced { tid, activity: Activity::Leave { call, outcome }, .. }
                    if *tid == self.tid =>
                {
                    Some((call, outcome))
                }
                _ => None,
            });
        matches!(last, Some((Call::Receive { .. }, CallResult::Done(0))))
    }
}

fn ignores_the_end(past: &Past) -> Option<Finding> {
    // a number of a descriptor may stand for one connection after the other
    let mut last: Option<(i32, i32, &Object)> = None;
    let mut times = 0;
    for (index, event) in past.case.events.iter().enumerate() {
        let Kind::Traced { terminal, pid, tid, activity } = &event.kind else { continue };
        let Activity::Leave { call: Call::Receive { fd, object, data }, outcome } = activity else {
            continue;
        };
        // a file may grow, a datagram may be empty
        let has_an_end = match object {
            Object::Connection { .. } | Object::Pipe { .. } | Object::Input => true,
            Object::Socket { .. } => past.roster.history.direction(object).is_some(),
            _ => false,
        };
        // who asks for 0 bytes gets them
        let ended = has_an_end && *outcome == CallResult::Done(0) && data.asked > 0;
        let one = (*tid, *fd, object);
        match ended && last == Some(one) {
            true => times += 1,
            false => (last, times) = (ended.then_some(one), usize::from(ended)),
        }
        if times < MANY {
            continue;
        }
        let name = past.roster.process_name(*pid);
        let (what, call) = match object {
            Object::Pipe { .. } => ("写的一方已经关闭", "read"),
            Object::Input => ("输入已经完了", "read"),
            _ if closed_itself(past, index, *pid, object) => {
                ("它自己已经关了接收的方向（shutdown）", "recv")
            }
            _ => ("对方已经关闭或半关闭了连接", "recv"),
        };
        let computing = computing(past, *tid);
        let place = computing.and_then(|(_, place)| place);
        let at = place.map(|place| format!("（{place}）")).unwrap_or_default();
        let sentence = format!(
            "{name}一遍一遍地 {call}(fd={fd}){at}，每次都是 0 字节：{what}，再也不会有数据，它却不停下来"
        );
        let finding = Finding::new(Code::EndIgnored, Certainty::Proved, sentence);
        let finding = finding.advises(format!("{call} 返回 0 字节（b\"\"、Ok(0)）就结束循环"));
        let about = computing.map_or(index, |(about, _)| about);
        return Some(finding.at(place).about_event(about).in_terminal(*terminal));
    }
    None
}

/// It has shut down the receiving half of this connection itself.
fn closed_itself(past: &Past, before: usize, pid: i32, of: &Object) -> bool {
    past.case.events[..before].iter().any(|event| match &event.kind {
        Kind::Traced { pid: by, activity: Activity::Leave { call, outcome }, .. } => {
            let shuts = matches!(
                call,
                Call::Shutdown { object, how: Half::Read | Half::Both, .. } if object == of
            );
            *by == pid && shuts && matches!(outcome, CallResult::Done(_))
        }
        _ => false,
    })
}

/// That this thread was found to be busy for nothing: the event, and where.
fn computing<'a>(past: &Past<'a>, of: i32) -> Option<(usize, Option<&'a Place>)> {
    past.case.events.iter().enumerate().find_map(|(index, event)| match &event.kind {
        Kind::Computing { tid, place, .. } if *tid == of => Some((index, place.as_ref())),
        _ => None,
    })
}

/// A thread that was found busy for nothing did something else after all, or its program ended by itself.
fn went_on(past: &Past, after: usize, of: i32, thread: i32) -> bool {
    past.case.events[after..].iter().any(|event| match &event.kind {
        Kind::Traced { pid, activity: Activity::Exited(Exit::Code(_)), .. } => *pid == of,
        Kind::Traced { tid, activity: Activity::Leave { call, .. }, .. } => {
            // what it does again and again may still be told
            *tid == thread
                && !matches!(call, Call::Receive { .. } | Call::Accept { .. } | Call::Send { .. })
                && !matches!(call, Call::Poll { .. } | Call::Wait { .. } | Call::Kill { .. })
        }
        Kind::Line(line) => line.source.is_some_and(|source| source.tid == thread),
        _ => false,
    })
}

/// A thread computes, and its program has not ended by itself.
fn computes(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    let told = events.iter().enumerate().find_map(|(index, event)| match &event.kind {
        Kind::Computing { terminal, pid, tid, cpu, repeats: None, place, .. } => {
            Some((index, *terminal, *pid, *tid, *cpu, place))
        }
        _ => None,
    });
    let (index, terminal, pid, tid, cpu, place) = told?;
    if went_on(past, index, pid, tid) {
        return None;
    }
    let at = place
        .as_ref()
        .map_or_else(String::new, |place| format!("；现在在 {place}（函数 {}）", place.function));
    let sentence = format!(
        "{}有一个线程用了 {:.0} 秒处理器时间，没有做一次看得到的系统调用{at}：它在计算，或者一遍一遍地看内存里的一个值（例如 is_finished()、AtomicBool）",
        past.roster.process_name(pid),
        cpu.as_secs_f64()
    );
    let finding = Finding::new(Code::ComputesForEver, Certainty::Proved, sentence);
    let advice = "看那里的循环什么时候结束；要等别的线程，用锁、条件变量或 join，不要空转";
    Some(finding.advises(advice).about_event(index).in_terminal(terminal))
}
