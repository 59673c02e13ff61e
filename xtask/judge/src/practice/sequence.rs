//! What comes before a line, or before a file gets its name.

use std::collections::BTreeSet;

use course::script::Scene;
use events::{Activity, Call, CallResult, Object};

use super::{Deeds, Instead, Shown};

impl Deeds<'_> {
    /// Whoever receives writes nothing under a final name before the end has come.
    pub(super) fn names_last(&self, scene: &Scene) -> Instead {
        let names = scene.compared.iter().filter(|one| one.content.is_some());
        let names: Vec<String> = names.map(|one| format!("/{}", one.path)).collect();
        // who has received something, and not yet the end
        let mut receiving: BTreeSet<i32> = BTreeSet::new();
        for deed in &self.deeds {
            let Activity::Leave { call, outcome: CallResult::Done(bytes) } = deed.activity else {
                continue;
            };
            match call {
                Call::Receive { object: Object::Connection { .. }, .. } => {
                    match bytes {
                        0 => receiving.remove(&deed.tid),
                        _ => receiving.insert(deed.tid),
                    };
                }
                Call::Accept { .. } | Call::Close { object: Object::Connection { .. }, .. } => {
                    receiving.remove(&deed.tid);
                }
                Call::Send { object: Object::File { path }, .. }
                    if receiving.contains(&deed.tid)
                        && names.iter().any(|name| path.ends_with(name)) =>
                {
                    let got = "还没有收到文件结束，就写在正式的名字下面".to_owned();
                    let detail = "中途断了，留下的是半个文件：先写临时的名字，收完整了再 rename";
                    return Some((got, detail.to_owned()));
                }
                _ => {}
            }
        }
        None
    }

    /// The first line was printed after something was received.
    pub(super) fn receives_first(&self) -> Instead {
        let (printed, text) = self.printed?;
        let is_receive = |activity: &Activity| {
            matches!(
                activity,
                Activity::Leave {
                    call: Call::Receive { object: Object::Connection { .. }, .. },
                    outcome: CallResult::Done(1..),
                }
            )
        };
        let received =
            self.deeds.iter().any(|deed| deed.event < printed && is_receive(deed.activity));
        let got = format!("印「{text}」之前，没有从连接里收到过一个字节");
        (!received).then(|| (got, "先接收，再印收到的内容".to_owned()))
    }

    /// The program's first line of its own comes when each child that it has made is waited for.
    pub(super) fn prints_before_waiting(&self) -> Shown {
        let (printed, line) = self.own_lines().next()?;
        let before = || self.deeds.iter().take_while(|deed| deed.event < printed);
        let waited = |child: i32| {
            before().any(|deed| match deed.activity {
                Activity::Leave { call: Call::Wait { .. }, outcome } => {
                    *outcome == CallResult::Done(child.into())
                }
                _ => false,
            })
        };
        let left = before().find_map(|deed| match deed.activity {
            Activity::NewProcess { child } if deed.pid == self.root && !waited(*child) => {
                Some(*child)
            }
            _ => None,
        })?;
        let got = format!("印「{}」的时候，还没有等到子进程 {left}（wait）", line.text);
        let detail = "没有等到，就不知道它结束了没有：发出信号、睡一会儿都不算";
        Some((got, detail.to_owned(), printed))
    }
}
