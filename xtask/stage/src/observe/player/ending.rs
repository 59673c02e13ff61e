//! The end of a scene: who still has to die, what was being waited for, what is left.

use std::io;
use std::time::{Duration, Instant};

use nix::sys::signal::killpg;
use nix::unistd::Pid;

use course::script::Action;
use events::{Clock, Kind, Transport};
use limits::{POLL_EVERY, STOPPED_GROUP_GRACE};

use crate::containment::are_dying;
use crate::{Assignment, FileFact, Left};

use super::{Ending, Player};

/// Looks at most until all wait at the same moment: half a second, in which whoever was woken has had his turn on a busy machine.
const LOOKS_FOR_LULL: u32 = 500;

impl Player<'_> {
    /// A signal from a terminal reaches the children of a program too: they may need a moment to die of it.
    pub(super) fn let_the_stopped_end(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + STOPPED_GROUP_GRACE;
        let lives = |group: &i32| killpg(Pid::from_raw(*group), None).is_ok();
        let has_time = |groups: &[i32]| Instant::now() < deadline || are_dying(groups);
        while self.stopped.iter().any(lives) && has_time(&self.stopped) {
            let seen = self.observer.look(POLL_EVERY)?;
            self.take(seen)?;
        }
        Ok(())
    }

    /// Of programs of one's own, for which somebody waits: tells once of each lull, while it lasts, who waits for what. They go on
    /// all the same: what somebody who wakes from time to time has in mind for later nobody can see.
    pub(super) fn tell_of_lull(&mut self) -> io::Result<()> {
        let is_awaited =
            self.assignment.directory.is_some() && self.assignment.trace == Some(Clock::Real);
        let Some(since) = self.observer.lull().filter(|_| is_awaited) else { return Ok(()) };
        if self.told_of_lull != Some(since) && self.tell_lull(since, true)? {
            self.told_of_lull = Some(since);
        }
        Ok(())
    }

    /// `false`: somebody is awake just now.
    fn tell_lull(&mut self, since: Duration, goes_on: bool) -> io::Result<bool> {
        let length = self.observer.now().saturating_sub(since);
        let Some((waiting, wakes)) = self.observer.waits_in_lull() else { return Ok(false) };
        self.tell(Kind::Lull { length, waiting, wakes, goes_on })?;
        Ok(true)
    }

    /// Somebody wants the scene to end: who waits for what until then, if for long nobody has done anything but wait.
    pub(super) fn interrupted(&mut self) -> io::Result<Ending> {
        for _ in 0..LOOKS_FOR_LULL {
            let Some(since) = self.observer.lull() else { break };
            if self.tell_lull(since, false)? {
                break;
            }
            let seen = self.observer.look(POLL_EVERY)?;
            self.take(seen)?;
        }
        Ok(Ending::Interrupted)
    }

    /// The time is up. If for long nobody has done anything but wait, it is told who waits for what; `true`: one of them is
    /// awake just now, and will wait again at once.
    pub(super) fn is_lull_to_come(&mut self, overtime: &mut u32) -> io::Result<bool> {
        let Some(since) = self.observer.lull() else { return Ok(false) };
        *overtime += 1;
        Ok(!self.tell_lull(since, false)? && *overtime < LOOKS_FOR_LULL)
    }

    /// The time is up, `theirs` on the clock that is made for the programs: the direction that did not come to its end, and
    /// where its program listens instead.
    pub(super) fn out_of_time(&self, theirs: bool) -> Kind {
        let waited = (!theirs).then(|| self.began.elapsed());
        let Some((direction, terminal, action)) = self.directions.current() else {
            return Kind::OutOfTime { direction: None, listens: Vec::new(), waited };
        };
        let listens = match (action, &self.programs[terminal]) {
            (Action::Listen(_), Some(program)) => {
                let of = |transport| crate::listening(program.pid, transport).unwrap_or_default();
                [of(Transport::Tcp), of(Transport::Udp)].concat()
            }
            _ => Vec::new(),
        };
        Kind::OutOfTime { direction: Some(direction), listens, waited }
    }

    /// Everything has been ended: what the pipes still hold, what was left behind, what the files are.
    pub(super) fn finish(&mut self, ending: Ending, left: Left) -> io::Result<()> {
        if ending == Ending::Interrupted {
            return Err(io::Error::other("被打断"));
        }
        #[cfg(target_os = "linux")]
        if let Some(why) = crate::contain::missing() {
            self.tell(Kind::NotContained { why: why.to_owned() })?;
        }
        let seen = self.observer.last()?;
        self.take(seen)?;
        for (script, real) in self.addresses.pairs() {
            self.tell(Kind::Address { script, real })?;
        }
        if ending == Ending::Cut {
            return self.tell_new_files();
        }
        // one that hops from fork to fork may be nowhere when it is looked for: its traces tell
        if let Some(first) = left.first.filter(|_| left.alive.is_empty()) {
            self.ended(first)?;
        }
        for (pid, command) in left.alive {
            self.tell(Kind::Orphan { pid, command, alive: true })?;
        }
        let Assignment { folder, lessons, .. } = self.assignment;
        for fact in crate::inspect(self.scene, &self.folder, folder, lessons) {
            let kind = match fact {
                FileFact::Compared(compared, finding) => Kind::File { compared, finding },
                FileFact::Stray(path, bytes) => Kind::StrayFile { path, bytes },
            };
            self.tell(kind)?;
        }
        self.tell_new_files()
    }

    fn tell_new_files(&mut self) -> io::Result<()> {
        for (path, bytes) in crate::new_files(self.scene, &self.folder) {
            self.tell(Kind::NewFile { path, bytes })?;
        }
        Ok(())
    }
}
