//! One that asks again and again for what will never come, or only computes.

use events::{Activity, Call, CallResult, Half, Kind, Object, Place};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::Past;

/// So often 0 bytes in a row, and it is no accident.
const MANY: usize = 100;

/// A thread receives the end of a connection or a pipe again and again, or computes without end.
pub fn find(past: &Past) -> Option<Finding> {
    ignores_the_end(past).or_else(|| computes(past))
}

fn ignores_the_end(past: &Past) -> Option<Finding> {
    let mut last: Option<(i32, i32)> = None;
    let mut times = 0;
    for (index, event) in past.case.events.iter().enumerate() {
        let Kind::Traced { terminal, pid, tid, activity } = &event.kind else { continue };
        let Activity::Leave { call: Call::Receive { fd, object, data }, outcome } = activity else {
            continue;
        };
        // who asks for 0 bytes gets them
        let ended = *outcome == CallResult::Done(0) && data.asked > 0;
        match ended && last == Some((*tid, *fd)) {
            true => times += 1,
            false => (last, times) = (ended.then_some((*tid, *fd)), usize::from(ended)),
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
            "{name}一遍一遍地 {call}({fd}){at}，每次都是 0 字节：{what}，再也不会有数据，它却不停下来"
        );
        let finding = Finding::new(Code::EndIgnored, Certainty::Proved, sentence);
        let finding = finding.advises(format!("{call} 返回 0 字节（b\"\"、Ok(0)）就结束循环"));
        let about = computing.map_or(index, |(about, _)| about);
        return Some(finding.about_event(about).in_terminal(*terminal));
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

/// A thread computes, and its program has not ended by itself.
fn computes(past: &Past) -> Option<Finding> {
    let events = past.case.events;
    let told = events.iter().enumerate().find_map(|(index, event)| match &event.kind {
        Kind::Computing { terminal, pid, cpu, repeats: None, place, .. } => {
            Some((index, *terminal, *pid, *cpu, place))
        }
        _ => None,
    });
    let (index, terminal, pid, cpu, place) = told?;
    let went_on = events[index..].iter().any(|event| match &event.kind {
        Kind::Traced { pid: by, activity: Activity::Exited(events::Exit::Code(_)), .. } => {
            *by == pid
        }
        _ => false,
    });
    if went_on {
        return None;
    }
    let at = place.as_ref().map_or_else(
        || "有一个线程".to_owned(),
        |place| format!("在 {place}（函数 {}）", place.function),
    );
    let sentence = format!(
        "{}{at}一直在计算，{:.0} 秒里没有做一次看得到的系统调用",
        past.roster.process_name(pid),
        cpu.as_secs_f64()
    );
    let finding = Finding::new(Code::ComputesForEver, Certainty::Proved, sentence);
    let advice = "看那里的循环什么时候结束；要等别的线程，用锁、条件变量或 join，不要空转";
    Some(finding.advises(advice).about_event(index).in_terminal(terminal))
}
