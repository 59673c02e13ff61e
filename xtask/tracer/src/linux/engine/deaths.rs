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
        self.take_those(|_| true)
    }

    /// Those of which this holds, in the same order.
    fn take_those(&mut self, is: impl Fn(&Death) -> bool) -> Vec<Death> {
        let (mut deaths, others): (Vec<Death>, Vec<Death>) =
            std::mem::take(&mut self.0).into_iter().partition(is);
        self.0 = others;
        deaths.sort_by_key(|death| (death.pid == death.tid, death.born, death.tid));
        deaths
    }
}

impl Tracer {
    /// Tells of those who have ended.
    pub(super) fn mourn(&mut self) {
        let deaths = self.deaths.take();
        self.tell_deaths(deaths);
    }

    /// Tells of one process that has ended, before it is told that somebody has waited for it: killed (`SIGKILL`), it ends
    /// within the turn of whoever kills it, and waits for it, and goes on.
    pub(super) fn mourn_one(&mut self, child: i64) {
        let deaths = self.deaths.take_those(|death| i64::from(death.pid) == child);
        self.tell_deaths(deaths);
    }

    fn tell_deaths(&mut self, deaths: Vec<Death>) {
        let at = self.scheduler.now();
        for Death { pid, tid, program, ended, ours, .. } in deaths {
            if let Some(program) = program {
                let activity = match tid == pid {
                    true => Some(Activity::Exited(ended)),
                    false => (!self.processes.ends(pid)).then_some(Activity::ThreadEnded),
                };
                if let Some(activity) = activity {
                    let place = match tid == pid {
                        true => self.processes.place_of_end(pid),
                        false => None,
                    };
                    let event = TraceEvent { at, pid, tid, activity, place };
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
        let tids = |deaths: Vec<Death>| deaths.iter().map(|death| death.tid).collect::<Vec<_>>();
        assert_eq!((tids(deaths.take()), deaths.is_empty()), (vec![11, 12, 10], true));
    }

    #[test]
    fn the_others_are_told_of_later() {
        let mut deaths = Deaths::default();
        for (born, pid, tid) in [(1, 10, 10), (3, 20, 20), (2, 10, 11)] {
            let (program, ended, ours) = (None, Exit::Signal(9), None);
            deaths.push(Death { born, pid, tid, program, ended, ours });
        }
        let tids = |deaths: Vec<Death>| deaths.iter().map(|death| death.tid).collect::<Vec<_>>();
        assert_eq!(tids(deaths.take_those(|death| death.pid == 10)), [11, 10]);
        assert_eq!(tids(deaths.take()), [20]);
    }
}
