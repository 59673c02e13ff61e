//! Those who have ended and of whom nobody has told yet.

use super::{News, Tracer};
use events::TraceEvent;
use events::{Activity, Exit};

/// The end of a thread or a process.
pub struct Death {
    /// Creation order.
    pub born: u64,
    pub pid: i32,
    pub tid: i32,
    /// The program it belonged to.
    pub program: Option<usize>,
    pub ended: Exit,
    /// What is to be said of a process whose parent is this process.
    pub ours: Option<Obituary>,
}

/// What was known of a process before it was buried.
pub struct Obituary {
    /// Its process group.
    pub group: i32,
    /// Its name, cut to 15 bytes by the kernel.
    pub name: String,
}

/// All of them.
#[derive(Default)]
pub struct Deaths(Vec<Death>);

impl Deaths {
    /// Somebody has ended.
    pub fn push(&mut self, death: Death) {
        self.0.push(death);
    }

    /// Everybody has been told of.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them in the order in which they were born, processes after threads; they count as told.
    fn take(&mut self) -> Vec<Death> {
        let mut deaths = std::mem::take(&mut self.0);
        deaths.sort_by_key(|death| (death.pid == death.tid, death.born, death.tid));
        deaths
    }
}

impl Tracer {
    /// Tells of those who have ended.
    pub(super) fn mourn(&mut self) {
        let at = self.scheduler.now();
        for Death { pid, tid, program, ended, ours, .. } in self.deaths.take() {
            if let Some(program) = program {
                let activity = match tid == pid {
                    true => Some(Activity::Exited(ended)),
                    false => (!self.processes.ends(pid)).then_some(Activity::ThreadEnded),
                };
                if let Some(activity) = activity {
                    let event = TraceEvent { at, pid, tid, activity, place: None };
                    self.news.push_back(News::Event { program, event });
                }
            }
            if tid == pid {
                self.processes.remove(pid);
                if let Some(Obituary { group, name }) = ours {
                    self.news.push_back(News::Ended { pid, group, name, exit: ended });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_come_before_their_process_and_the_older_before_the_younger() {
        let mut deaths = Deaths::default();
        for (born, pid, tid) in [(1, 10, 10), (3, 10, 12), (2, 10, 11)] {
            let (program, ended, ours) = (None, Exit::Code(0), None);
            deaths.push(Death { born, pid, tid, program, ended, ours });
        }
        let tids: Vec<i32> = deaths.take().iter().map(|death| death.tid).collect();
        assert_eq!((tids, deaths.is_empty()), (vec![11, 12, 10], true));
    }
}
