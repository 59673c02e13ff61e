//! Who lives at the same time.

use std::collections::BTreeSet;

use events::{Activity, Call, CallResult, Line, Stream};

use super::{Deeds, Instead, Shown};

impl Deeds<'_> {
    /// No child is made when the one before has been waited for, and no thread when the one before has ended. (A child that
    /// ends at once may have ended by itself before the next is made.)
    pub(super) fn at_once(&self) -> Instead {
        let (mut child, mut thread) = (None, None);
        let mut over: BTreeSet<i32> = BTreeSet::new();
        for deed in &self.deeds {
            let (before, next) = match deed.activity {
                Activity::NewProcess { child: next } => (child.replace(*next), *next),
                Activity::NewThread { child: next } => (thread.replace(*next), *next),
                Activity::Leave { call: Call::Wait { .. }, outcome: CallResult::Done(ended) } => {
                    over.extend(i32::try_from(*ended).ok());
                    continue;
                }
                Activity::ThreadEnded => {
                    over.insert(deed.tid);
                    continue;
                }
                _ => continue,
            };
            if let Some(before) = before.filter(|before| over.contains(before)) {
                let got = format!("{before} 已经结束了，才创建 {next}");
                let detail = "先都创建出来，再一个一个等：创建一个等一个，就是一先一后";
                return Some((got, detail.to_owned()));
            }
        }
        None
    }

    /// While the program's first thread prints, somebody that it has made lives.
    pub(super) fn main_runs_alone(&self) -> Shown {
        let lines: Vec<(usize, &Line)> = self.own_lines().collect();
        let ((first, line), (last, last_line)) = (lines.first()?, lines.last()?);
        let lives = self.lives();
        let meanwhile = |(born, died): &(usize, usize)| {
            lines.iter().any(|(event, _)| born < event && event < died)
        };
        if lives.is_empty() || lives.iter().any(meanwhile) {
            return None;
        }
        let got = if lives.iter().all(|(_, died)| died < first) {
            format!("印「{}」的时候，它创建的线程或子进程都已经结束了", line.text)
        } else if lives.iter().all(|(born, _)| born > last) {
            format!("印完「{}」，才创建第一个线程或子进程", last_line.text)
        } else {
            "它自己印的时候，没有一个线程或子进程在运行".to_owned()
        };
        Some((got, String::new(), *first))
    }

    /// The lines on standard output that the first thread of the program's first process wrote.
    pub(super) fn own_lines(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().copied().filter(|(_, line)| {
            let is_own =
                |source: events::Source| (source.pid, source.tid) == (self.root, self.root);
            line.stream == Stream::Out && line.source.is_some_and(is_own)
        })
    }

    /// From which event until which the processes and threads lived that it has made.
    fn lives(&self) -> Vec<(usize, usize)> {
        let ended = |one: i32| {
            let is_end = |deed: &&super::Deed| match deed.activity {
                Activity::ThreadEnded => deed.tid == one,
                Activity::Exited(_) => deed.pid == one || deed.pid == self.root,
                _ => false,
            };
            self.deeds.iter().find(is_end).map_or(usize::MAX, |deed| deed.event)
        };
        let born = self.deeds.iter().filter_map(|deed| match deed.activity {
            Activity::NewProcess { child } | Activity::NewThread { child } => {
                Some((deed.event, ended(*child)))
            }
            _ => None,
        });
        born.collect()
    }
}
