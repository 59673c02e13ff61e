//! Events as text that can be compared from run to run.

use std::collections::BTreeMap;

use events::TraceEvent;
use events::{Activity, Call, CallResult};

/// Everything, with processes and threads numbered in the order in which they are spoken of.
pub fn story(events: &[TraceEvent]) -> Vec<String> {
    let mut names = BTreeMap::new();
    let mut name = |id: i32| {
        let next = names.len();
        *names.entry(id).or_insert(next)
    };
    events
        .iter()
        .map(|event| {
            let who = (name(event.pid), name(event.tid));
            let what = match &event.activity {
                Activity::NewProcess { child } => format!("process {}", name(*child)),
                Activity::NewThread { child } => format!("thread {}", name(*child)),
                Activity::Signal { number, .. } => format!("signal {number}"),
                Activity::Enter(call) => format!("enter {}", plain(call, &mut name)),
                Activity::Leave { call, outcome } => {
                    let outcome = match (call, outcome) {
                        (Call::Wait { .. }, CallResult::Done(pid)) if *pid > 0 => {
                            format!("ended {}", name(*pid as i32))
                        }
                        (_, outcome) => format!("{outcome:?}"),
                    };
                    format!("leave {} {outcome}", plain(call, &mut name))
                }
                other => format!("{other:?}"),
            };
            format!("{:?} {who:?} {what}", event.at)
        })
        .collect()
}

/// A call without what the kernel chooses anew each time: process ids, addresses, numbers of pipes.
fn plain(call: &Call, name: &mut impl FnMut(i32) -> usize) -> String {
    match call {
        Call::Futex { timeout, .. } => format!("futex {timeout:?}"),
        Call::Wait { child, ended } => format!("wait {:?} {ended:?}", child.map(name)),
        Call::Kill { target, signal } => format!("kill {} {signal}", name(*target)),
        Call::Pipe { read, write, .. } => format!("pipe {read} {write}"),
        Call::Send { fd, data, .. } => format!("send {fd} {data:?}"),
        Call::Receive { fd, data, .. } => format!("receive {fd} {data:?}"),
        other => format!("{other:?}"),
    }
}
