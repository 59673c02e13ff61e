//! Accepted connections: how many, how many at once, and whether they are closed.

use std::collections::{BTreeMap, BTreeSet};

use events::{Activity, Call, CallResult, Exit};

use super::{Deeds, Instead};

/// Accepted connections.
pub(super) struct Connections {
    pub(super) total: usize,
    /// At one moment.
    pub(super) most: usize,
    /// Still open when the program ended by itself.
    pub(super) left: usize,
}

impl Connections {
    pub(super) fn in_words(&self) -> String {
        match self.total {
            0 => "没有接受过连接（accept）".to_owned(),
            total => format!("一共接受了 {total} 个连接，同时最多 {} 个", self.most),
        }
    }
}

impl Deeds<'_> {
    pub(super) fn closes(&self) -> Instead {
        let connections = self.connections();
        if connections.total == 0 {
            return Some((connections.in_words(), String::new()));
        }
        // at the end of a program the kernel closes everything: that does not count
        let left = if self.stopped.is_some() { 0 } else { connections.left };
        let got = format!("接受了 {} 个连接，有 {left} 个没有关闭（close）", connections.total);
        let detail = "程序结束时内核会收走它们；一直运行的服务器端却会把描述符用完";
        (left > 0).then(|| (got, detail.to_owned()))
    }

    pub(super) fn connections(&self) -> Connections {
        let mut count = Connections { total: 0, most: 0, left: 0 };
        // who holds an open connection: process and descriptor, and by which accept it came
        let mut open: BTreeMap<(i32, i32), usize> = BTreeMap::new();
        let mut closing: BTreeSet<i32> = BTreeSet::new();
        for deed in &self.deeds {
            let pid = deed.pid;
            match deed.activity {
                Activity::Leave { call: Call::Accept { .. }, outcome: CallResult::Done(fd) } => {
                    count.total += 1;
                    open.insert((pid, i32::try_from(*fd).unwrap_or(-1)), count.total);
                }
                // the number is free from here on: another thread may get it before this call is left
                Activity::Enter(Call::Close { fd, .. }) => {
                    closing.insert(deed.tid);
                    open.remove(&(pid, *fd));
                }
                Activity::Leave { call: Call::Close { fd, .. }, .. }
                    if !closing.remove(&deed.tid) =>
                {
                    open.remove(&(pid, *fd));
                }
                Activity::NewProcess { child } => {
                    let own: Vec<_> = open.range((pid, i32::MIN)..=(pid, i32::MAX)).collect();
                    let inherited: Vec<_> =
                        own.into_iter().map(|((_, fd), one)| ((*child, *fd), *one)).collect();
                    open.extend(inherited);
                }
                // what accept(2) of std gives does not outlive an exec
                Activity::Exec { .. } => open.retain(|(holder, _), _| *holder != pid),
                Activity::Exited(how) => {
                    // a child's copies go with it, as they should; so does what a signal cut off
                    if pid == self.root && matches!(how, Exit::Code(_)) {
                        count.left += open.keys().filter(|(holder, _)| *holder == pid).count();
                    }
                    open.retain(|(holder, _), _| *holder != pid);
                }
                _ => {}
            }
            let distinct: BTreeSet<usize> = open.values().copied().collect();
            count.most = count.most.max(distinct.len());
        }
        count
    }
}
