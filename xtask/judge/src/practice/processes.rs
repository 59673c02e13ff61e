//! Processes and threads: how many, and who waits for them.

use std::collections::{BTreeMap, BTreeSet};

use events::{Activity, Call, CallResult};
use nix::sys::signal::Signal;

use super::{Deeds, Instead};

impl Deeds<'_> {
    /// `deep`: a child is to make a child.
    pub(super) fn processes(&self, wanted: u32, deep: bool) -> Instead {
        let made = self.made_processes();
        if made.len() == wanted as usize {
            return None;
        }
        // another program that a child runs may make processes of its own: a shell does
        let of_child = |parent: i32| parent != self.root && self.executes(parent).is_none();
        let of_children = made.iter().filter(|(parent, _)| of_child(*parent)).count();
        let detail = if of_children > 0 && deep {
            format!("其中 {of_children} 个是子进程创建的")
        } else if of_children > 0 {
            format!("其中 {of_children} 个是子进程创建的：fork 之后，子进程也接着做了父进程的事")
        } else if made.is_empty() && self.count_threads() > 0 {
            "线程在同一个进程里，不是另一个进程".to_owned()
        } else {
            String::new()
        };
        Some((self.made_in_words(), detail))
    }

    pub(super) fn threads(&self, wanted: u32) -> Instead {
        let made = self.count_threads();
        if made == wanted as usize {
            return None;
        }
        let instead = made == 0 && !self.made_processes().is_empty();
        let detail = if instead {
            "子进程是另一个进程，不是同一个进程里的线程"
        } else {
            ""
        };
        Some((self.made_in_words(), detail.to_owned()))
    }

    /// `counted`: if there is no child at all, another demand says so.
    pub(super) fn waits(&self, counted: bool) -> Instead {
        let made = self.made_processes();
        if made.is_empty() {
            return (!counted).then(|| ("没有创建子进程".to_owned(), String::new()));
        }
        let waited: BTreeSet<i32> = self
            .deeds
            .iter()
            .filter_map(|deed| match deed.activity {
                Activity::Leave { call: Call::Wait { .. }, outcome: CallResult::Done(child) } => {
                    i32::try_from(*child).ok()
                }
                _ => None,
            })
            .collect();
        let left: Vec<String> = made
            .iter()
            .map(|(_, child)| *child)
            .filter(|child| !waited.contains(child) && !self.was_stopped_with(*child))
            .map(|child| match self.executes(child) {
                Some(program) => format!("{child}（执行了 {program}）"),
                None => child.to_string(),
            })
            .collect();
        if left.is_empty() {
            return None;
        }
        let got = format!(
            "创建了 {} 个子进程，等到了 {} 个",
            made.len(),
            made.iter().filter(|(_, child)| waited.contains(child)).count()
        );
        let detail = format!(
            "没有等的是进程 {}：子进程先结束，就成了僵尸进程（zombie）；父进程先结束，子进程就成了孤儿，见 wait(2)",
            left.join("、")
        );
        Some((got, detail))
    }

    pub(super) fn terminates(&self) -> Instead {
        let mut children = BTreeSet::new();
        let mut elsewhere = Vec::new();
        let mut outright = None;
        // SIGKILL to the group of a child: nobody there lives to tell
        let mut killing = None;
        for deed in &self.deeds {
            let (from, to, signal) = match deed.activity {
                Activity::NewProcess { child } => {
                    children.insert(*child);
                    continue;
                }
                Activity::Exited(_) => {
                    children.remove(&deed.pid);
                    continue;
                }
                // a signal to a whole group names no child, but may reach it
                Activity::Enter(Call::Kill { target: group @ ..-1, signal: signal @ 1.. }) => {
                    let child = group.saturating_neg();
                    let kills = *signal == Signal::SIGKILL as i32;
                    killing = (kills && children.contains(&child)).then_some(child);
                    elsewhere.push(format!("信号发给了进程组 {child}，没有看到它的哪个子进程收到"));
                    continue;
                }
                Activity::Leave {
                    call: Call::Kill { target: ..-1, signal: 1.. },
                    outcome: CallResult::Done(_),
                } => {
                    outright = outright.or(killing.take());
                    continue;
                }
                // it may end of it before the call is left
                Activity::Enter(Call::Kill { target, signal: signal @ 1.. }) => {
                    (deed.pid, *target, *signal)
                }
                Activity::Signal { from: Some(from), number } => (*from, deed.pid, *number),
                _ => continue,
            };
            // whoever sends it for its parent may be another child: `kill(1)`
            if children.contains(&to) && from != to {
                if signal != Signal::SIGKILL as i32 {
                    return None;
                }
                outright.get_or_insert(to);
                continue;
            }
            elsewhere.push(format!("信号发给了 {to}，那不是它还活着的子进程"));
        }
        let got = match elsewhere.first() {
            _ if outright.is_some() => "发给子进程的是 SIGKILL：它没有机会收尾".to_owned(),
            None => "没有发过信号".to_owned(),
            Some(whom) => whom.clone(),
        };
        Some((got, "请求子进程结束：给它发 SIGTERM，见 kill(2)".to_owned()))
    }

    /// Process that made it, and the new one's number.
    fn made_processes(&self) -> Vec<(i32, i32)> {
        let made = self.deeds.iter().filter_map(|deed| match deed.activity {
            Activity::NewProcess { child } => Some((deed.pid, *child)),
            _ => None,
        });
        made.collect()
    }

    fn count_threads(&self) -> usize {
        self.deeds.iter().filter(|deed| matches!(deed.activity, Activity::NewThread { .. })).count()
    }

    fn made_in_words(&self) -> String {
        let (processes, threads) = (self.made_processes().len(), self.count_threads());
        let others = self.others_in_words();
        match (processes, threads) {
            (0, 0) => "子进程和线程都没有创建".to_owned(),
            (_, 0) => format!("创建了 {processes} 个子进程{others}"),
            (0, _) => format!("创建了 {threads} 个线程，没有创建子进程"),
            _ => format!("创建了 {processes} 个子进程{others}、{threads} 个线程"),
        }
    }

    /// Which of the children ran other programs, in brackets: they are children all the same.
    fn others_in_words(&self) -> String {
        let mut programs: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, child) in self.made_processes() {
            if let Some(program) = self.executes(child) {
                *programs.entry(program).or_default() += 1;
            }
        }
        if programs.is_empty() {
            return String::new();
        }
        let each = programs.iter().map(|(program, count)| format!("{count} 个执行了 {program}"));
        format!("（其中 {}）", each.collect::<Vec<_>>().join("、"))
    }

    /// The program that a child ran instead of the one that made it (`execve(2)`), by its file's name.
    fn executes(&self, pid: i32) -> Option<&str> {
        self.deeds.iter().find_map(|deed| match deed.activity {
            Activity::Exec { program, .. } if deed.pid == pid => {
                Some(program.rsplit('/').next().unwrap_or(program))
            }
            _ => None,
        })
    }

    /// It still lived when the script stopped the program.
    fn was_stopped_with(&self, pid: i32) -> bool {
        let Some(stopped) = self.stopped else { return false };
        let ended = self
            .deeds
            .iter()
            .find(|deed| deed.pid == pid && matches!(deed.activity, Activity::Exited(_)));
        ended.is_none_or(|ended| ended.event > stopped)
    }
}
