//! Who is who: the process ids that the scene's processes really had, for names like `<p1:进程号>`.

use std::collections::BTreeMap;

use course::script::Identity;
use events::{Activity, Event, Kind, Source};

/// Which process made which, and until when it lived.
pub struct Truth {
    /// Per process: the one that made it.
    parents: BTreeMap<i32, i32>,
    /// Per process that has ended: the event that says so.
    ended: BTreeMap<i32, usize>,
    /// Who adopts orphans (`PR_SET_CHILD_SUBREAPER` in `prctl(2)`).
    adopter: Option<i32>,
}

impl Truth {
    /// What the events of a scene tell.
    pub fn new(events: &[Event]) -> Truth {
        let mut truth = Truth { parents: BTreeMap::new(), ended: BTreeMap::new(), adopter: None };
        for (index, event) in events.iter().enumerate() {
            match &event.kind {
                Kind::Started { pid, parent, .. } => {
                    truth.parents.insert(*pid, *parent);
                    truth.adopter = Some(*parent);
                }
                Kind::Traced { pid, activity: Activity::NewProcess { child }, .. } => {
                    truth.parents.insert(*child, *pid);
                }
                Kind::Traced { pid, activity: Activity::Exited(_), .. } => {
                    truth.ended.insert(*pid, index);
                }
                _ => {}
            }
        }
        truth
    }

    /// What the printer of the line at `event` should have printed; `None`: not known.
    pub fn value(&self, identity: Identity, source: Source, event: usize) -> Option<i32> {
        match identity {
            Identity::Process => Some(source.pid),
            Identity::Thread => Some(source.tid),
            Identity::Parent => {
                let parent = *self.parents.get(&source.pid)?;
                let gone = self.ended.get(&parent).is_some_and(|ended| *ended < event);
                if gone { self.adopter } else { Some(parent) }
            }
        }
    }

    /// Whether `value` is not what it should be, without any doubt.
    pub fn is_false(&self, identity: Identity, source: Source, event: usize, value: &str) -> bool {
        let Some(right) = self.value(identity, source, event) else { return false };
        // the parent may have ended between the question (getppid(2)) and the line
        let before = self.parents.get(&source.pid).filter(|_| identity == Identity::Parent);
        let is = |number: i32| value == number.to_string();
        !is(right) && !before.is_some_and(|parent| is(*parent))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use events::Exit;

    use events::Window;

    use super::*;

    #[test]
    fn an_orphan_may_name_its_parent_or_its_adopter() {
        let traced = |pid, activity| Kind::Traced { terminal: 0, pid, tid: pid, activity };
        let kinds = [
            Kind::Started { terminal: 0, pid: 10, parent: 1 },
            traced(10, Activity::NewProcess { child: 11 }),
            traced(10, Activity::Exited(Exit::Code(0))),
        ];
        let event =
            |kind| Event { at: Duration::ZERO, window: Window::exact(0), kind, place: None };
        let truth = Truth::new(&kinds.map(event));
        let child = Source { pid: 11, tid: 12 };
        let parent = |event| truth.value(Identity::Parent, child, event);
        assert_eq!((parent(2), parent(3)), (Some(10), Some(1)));
        let wrong = |value| truth.is_false(Identity::Parent, child, 3, value);
        assert_eq!([wrong("10"), wrong("1"), wrong("11")], [false, false, true]);
        assert!(!truth.is_false(Identity::Process, child, 3, "11"));
        assert!(!truth.is_false(Identity::Thread, child, 3, "12"));
        let unknown = Source { pid: 99, tid: 99 };
        assert!(!truth.is_false(Identity::Parent, unknown, 3, "5"));
    }
}
