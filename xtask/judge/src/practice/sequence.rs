//! What comes before a line, or before a file gets its name.

use std::collections::BTreeMap;

use course::script::{Content, Scene};
use events::{Activity, Call, CallResult, Object};

use super::{Deeds, Instead, Shown};

impl Deeds<'_> {
    /// Whoever receives writes nothing under a final name before all has come.
    pub(super) fn names_last(&self, scene: &Scene) -> Instead {
        let names = scene.compared.iter().filter_map(|one| {
            Some((format!("/{}", one.path), size_of(scene, one.content.as_ref()?)))
        });
        let names: Vec<(String, Option<u64>)> = names.collect();
        // who has received something, and not yet the end: how much
        let mut receiving: BTreeMap<i32, u64> = BTreeMap::new();
        for (index, deed) in self.deeds.iter().enumerate() {
            let Activity::Leave { call, outcome: CallResult::Done(bytes) } = deed.activity else {
                continue;
            };
            match call {
                Call::Receive { object: Object::Connection { .. }, .. } => match bytes {
                    0 => _ = receiving.remove(&deed.tid),
                    bytes => {
                        *receiving.entry(deed.tid).or_default() += bytes.unsigned_abs();
                    }
                },
                Call::Accept { .. } | Call::Close { object: Object::Connection { .. }, .. } => {
                    receiving.remove(&deed.tid);
                }
                Call::Send { object: Object::File { path }, .. } => {
                    let Some(came) = receiving.get(&deed.tid) else { continue };
                    let named = names.iter().find(|(name, _)| path.ends_with(name));
                    let Some((_, size)) = named else { continue };
                    // whoever was told a length needs no end
                    let is_short = size.is_none_or(|size| *came < size);
                    if is_short || self.is_told_the_end_next(index) {
                        let got = "还没有收到文件结束，就写在正式的名字下面".to_owned();
                        let detail =
                            "中途断了，留下的是半个文件：先写临时的名字，收完整了再 rename";
                        return Some((got, detail.to_owned()));
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The next that comes to the thread of this deed on a connection is the end, or an error, and it answers nothing before that.
    fn is_told_the_end_next(&self, index: usize) -> bool {
        let tid = self.deeds[index].tid;
        let mut later = self.deeds[index + 1..].iter().filter(|deed| deed.tid == tid);
        let next = later.find_map(|deed| match deed.activity {
            Activity::Leave {
                call: Call::Receive { object: Object::Connection { .. }, .. },
                outcome,
            } => Some(!matches!(outcome, CallResult::Done(1..))),
            Activity::Leave {
                call: Call::Send { object: Object::Connection { .. }, .. }, ..
            } => Some(false),
            _ => None,
        });
        next.unwrap_or(false)
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

/// How many bytes a file must have, if that is known here.
fn size_of(scene: &Scene, content: &Content) -> Option<u64> {
    match content {
        Content::Bytes(bytes) => Some(*bytes),
        Content::Text(text) => Some(text.len() as u64),
        Content::File(path) => {
            let same = scene.prepared.iter().find(|one| one.path == *path)?;
            match &same.content {
                Content::File(_) => None,
                content => size_of(scene, content),
            }
        }
        Content::Lesson(_) => None,
    }
}
