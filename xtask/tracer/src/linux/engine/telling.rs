//! What a thread does is told, together with what it shows.

use super::{News, Tracer};
use events::{Activity, Call, Place, TraceEvent};

impl Tracer {
    /// A thread has done something; where in its source it was is told with it, if that is to be told.
    pub(super) fn tell(&mut self, tid: i32, activity: Activity) {
        let Some(thread) = self.threads.get(tid) else { return };
        let pid = thread.pid;
        if self.processes.program_of(pid).is_none() {
            return;
        }
        self.watch_for_deeds(tid, &activity);
        self.note_first_use(&activity);
        self.note_sent(tid, &activity);
        if let Activity::Exec { .. } = activity {
            self.kept_waiting.forget(pid);
            self.memory_growth.forget(pid);
            self.unnotified.forget(pid);
            if let Some(callers) = &mut self.callers {
                callers.forget(pid);
            }
        }
        let place = match activity {
            Activity::Enter(_)
            | Activity::Leave { .. }
            | Activity::NewProcess { .. }
            | Activity::NewThread { .. } => self.place_of(pid, tid).map(Box::new),
            _ => None,
        };
        let mut over = None;
        if let Activity::Leave { call, outcome } = &activity {
            self.note_pause(tid, call, place.as_deref());
            let may_show = matches!(call, Call::Receive { .. } | Call::Futex { .. });
            over = may_show.then(|| (call.clone(), *outcome, place.clone()));
        }
        self.tell_from(tid, activity, place);
        if let Some((call, outcome, place)) = over {
            self.looks_whether_it_grew(tid, &call, outcome, place.as_deref());
            self.looks_for_unnotified(tid, &call, outcome, place.as_deref());
        }
    }

    /// It has to do with this place in its source.
    pub(super) fn tell_from(&mut self, tid: i32, activity: Activity, place: Option<Box<Place>>) {
        let Some(thread) = self.threads.get(tid) else { return };
        let pid = thread.pid;
        let Some(program) = self.processes.program_of(pid) else { return };
        let event = TraceEvent { at: self.scheduler.now(), pid, tid, activity, place };
        self.news.push_back(News::Event { program, event });
    }

    /// Where a stopped thread is, if that is to be told.
    pub(super) fn place_of(&mut self, pid: i32, tid: i32) -> Option<Place> {
        self.callers.as_mut()?.of(pid, tid)
    }
}
