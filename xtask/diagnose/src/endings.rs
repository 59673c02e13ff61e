//! Who has ended, and what was said of it.

use std::collections::{BTreeMap, BTreeSet};

use events::{Activity, Call, Event, Exit, Kind, Object, Stream};

/// What ended before nobody could go on.
#[derive(Debug, Default)]
pub struct Endings {
    /// Who made a process.
    parents: BTreeMap<i32, i32>,
    /// The process of a thread beside its first one.
    threads: BTreeMap<i32, i32>,
    /// How a process ended.
    processes: BTreeMap<i32, Exit>,
    /// Threads that ended before their process.
    ended: Vec<i32>,
    /// Threads that have sent something through a socket without address.
    sent: BTreeSet<i32>,
    /// Threads that a signal has reached.
    interrupted: BTreeSet<i32>,
    /// Who sent a process a signal.
    signalled: Vec<(i32, i32)>,
    /// What a thread said on the standard error: process, thread and line.
    said: Vec<(i32, i32, String)>,
}

/// A thread that ended because of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The process; the thread is that of another line only where it has one.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// The error, as Python or Rust has told it.
    pub error: String,
}

impl Endings {
    /// From the story of a scene.
    pub fn of(events: &[Event]) -> Endings {
        let mut endings = Endings::default();
        for event in events {
            match &event.kind {
                Kind::Traced { pid, tid, activity, .. } => endings.note(*pid, *tid, activity),
                Kind::Line(line) if line.stream == Stream::Err => {
                    if let Some(source) = line.source {
                        endings.said.push((source.pid, source.tid, line.text.clone()));
                    }
                }
                _ => {}
            }
        }
        endings
    }

    fn note(&mut self, pid: i32, tid: i32, activity: &Activity) {
        match activity {
            Activity::NewProcess { child } => drop(self.parents.insert(*child, pid)),
            Activity::NewThread { child } => drop(self.threads.insert(*child, pid)),
            Activity::Enter(Call::Kill { target, signal: 1.. }) => {
                self.signalled.push((pid, *target))
            }
            Activity::Enter(Call::Send { object: Object::Socket { .. }, .. })
            | Activity::Leave { call: Call::Send { object: Object::Socket { .. }, .. }, .. } => {
                self.sent.insert(tid);
            }
            Activity::Signal { .. } => drop(self.interrupted.insert(tid)),
            Activity::ThreadEnded => self.ended.push(tid),
            Activity::Exited(exit) => drop(self.processes.insert(pid, *exit)),
            _ => {}
        }
    }

    /// The processes that a process has made, with how they have ended.
    pub fn children_of(&self, pid: i32) -> Vec<(i32, Exit)> {
        let children = self.parents.iter().filter(|(_, parent)| **parent == pid);
        children.filter_map(|(child, _)| Some((*child, *self.processes.get(child)?))).collect()
    }

    /// The process that made another.
    pub fn parent_of(&self, pid: i32) -> Option<i32> {
        self.parents.get(&pid).copied()
    }

    /// A process has never made another, nor a second thread.
    pub fn was_always_alone(&self, pid: i32) -> bool {
        ![&self.threads, &self.parents].iter().any(|made| made.values().any(|by| *by == pid))
    }

    /// The process that a thread belongs to.
    pub fn process_of(&self, tid: i32) -> Option<i32> {
        self.threads.get(&tid).copied()
    }

    /// Whether a thread has ended before its process.
    pub fn has_ended(&self, tid: i32) -> bool {
        self.ended.contains(&tid)
    }

    /// Whether threads of a process have ended before it.
    pub fn has_ended_threads(&self, pid: i32) -> bool {
        self.ended.iter().any(|tid| self.process_of(*tid) == Some(pid))
    }

    /// Threads of a process that have ended before it, in this order.
    pub fn ended_threads(&self, pid: i32) -> Vec<i32> {
        let of_pid = self.ended.iter().filter(|tid| self.process_of(**tid) == Some(pid));
        of_pid.copied().collect()
    }

    /// Whether a thread has sent anything through a socket without address.
    pub fn has_sent(&self, tid: i32) -> bool {
        self.sent.contains(&tid)
    }

    /// Whether a signal has reached a thread.
    pub fn was_interrupted(&self, tid: i32) -> bool {
        self.interrupted.contains(&tid)
    }

    /// Children of a process that a signal has ended which it had not sent itself.
    pub fn killed_children(&self, pid: i32) -> Vec<(i32, Exit)> {
        let mut children = self.children_of(pid);
        children.retain(|(child, exit)| {
            matches!(exit, Exit::Signal(_)) && !self.signalled.contains(&(pid, *child))
        });
        children
    }

    /// Threads and children of a process that have ended with an error.
    pub fn broken(&self, pid: i32) -> Vec<Broken> {
        let threads = self.ended.iter().filter(|tid| self.process_of(**tid) == Some(pid));
        let threads = threads.map(|tid| (pid, *tid));
        let children = self.children_of(pid).into_iter().filter(|(_, exit)| *exit != Exit::Code(0));
        let all = threads.chain(children.map(|(child, _)| (child, child)));
        all.filter_map(|(pid, tid)| Some(Broken { pid, tid, error: self.error(pid, tid)? }))
            .collect()
    }

    /// The error that a thread has told before it ended.
    fn error(&self, pid: i32, tid: i32) -> Option<String> {
        let said = self.said.iter().filter(|(by, thread, _)| (*by, *thread) == (pid, tid));
        let lines: Vec<&str> = said.map(|(_, _, line)| line.as_str()).collect();
        let panic = lines.iter().rposition(|line| {
            line.starts_with("thread '") && line.contains("' panicked at ")
                || line.starts_with("thread '") && line.contains(") panicked at ")
        });
        if let Some(panic) = panic {
            return lines.get(panic + 1).map(|line| (*line).to_owned());
        }
        let traceback =
            lines.iter().rposition(|line| line.starts_with("Traceback (most recent"))?;
        let below = lines[traceback + 1..].iter().find(|line| !line.starts_with([' ', '\t']));
        below.map(|line| (*line).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use events::{Line, Source, Window};

    use super::*;

    fn event(kind: Kind) -> Event {
        Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None }
    }

    fn did(pid: i32, tid: i32, activity: Activity) -> Event {
        event(Kind::Traced { terminal: 0, pid, tid, activity })
    }

    fn said(pid: i32, tid: i32, text: &str) -> Event {
        let source = Some(Source { pid, tid });
        let (stream, text) = (Stream::Err, text.to_owned());
        event(Kind::Line(Line { terminal: 0, stream, text, count: 1, whole: true, source }))
    }

    #[test]
    fn who_ended_with_an_error_is_told_with_it() {
        let endings = Endings::of(&[
            did(1, 1, Activity::NewThread { child: 2 }),
            did(1, 1, Activity::NewThread { child: 3 }),
            did(1, 1, Activity::NewThread { child: 4 }),
            did(1, 1, Activity::NewProcess { child: 5 }),
            said(1, 2, "Exception in thread Thread-1 (work):"),
            said(1, 2, "Traceback (most recent call last):"),
            said(1, 2, "  File \"a.py\", line 3, in work"),
            said(1, 2, "ValueError: 坏了"),
            did(1, 2, Activity::ThreadEnded),
            said(1, 3, "thread '<unnamed>' panicked at src/main.rs:5:9:"),
            said(1, 3, "没有了"),
            said(1, 3, "note: run with `RUST_BACKTRACE=1`"),
            did(1, 3, Activity::ThreadEnded),
            // what it says is no error, and it ended as it should
            said(1, 4, "ready"),
            did(1, 4, Activity::ThreadEnded),
            said(5, 5, "Process Process-1:"),
            said(5, 5, "Traceback (most recent call last):"),
            said(5, 5, "KeyError: 1"),
            did(5, 5, Activity::Exited(Exit::Code(1))),
        ]);
        let broken = endings.broken(1);
        let told = |one: &Broken| (one.tid, one.error.clone());
        let told: Vec<(i32, String)> = broken.iter().map(told).collect();
        let expected = [(2, "ValueError: 坏了"), (3, "没有了"), (5, "KeyError: 1")];
        assert_eq!(told, expected.map(|(tid, error)| (tid, error.to_owned())));
        assert!(endings.has_ended_threads(1) && !endings.has_ended_threads(5));
        assert_eq!(endings.children_of(1), [(5, Exit::Code(1))]);
        assert!(endings.broken(5).is_empty());
    }
}
