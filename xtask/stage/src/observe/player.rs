//! Plays a scene: carries out its directions, one after the other, and tells what it sees.
//!
//! How it sees is another matter: through the programs' pipes ([`pipes`](super::pipes)), or by tracing them
//! ([`traced`](super::traced)).
//!
//! | file | task |
//! | --- | --- |
//! | `actions` | carries out one direction of the script |
//! | `ending` | the end of the scene |

mod actions;
mod ending;

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actions::Pending;
use limits::{LINES_TOO_MANY, LOOK_EVERY, OUTPUT, POLL_EVERY, VIRTUAL_TIME_GRACE};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use course::script::{Action, Scene};
use events::{Clock, Endpoint, Event, Kind, Place, Stream, Waiting, Window};

use crate::keys::Steps;
use crate::tree::Tree;
use crate::{Addresses, Assignment, Meter, Reaped};

use super::Witness;
use super::observer::{Observation, Observer};
use super::sequencer::Sequencer;

/// Plays the scene to its end and tells `witness` what happens, as it happens.
///
/// The caller has set the stage (network, adoption of orphans). Afterwards nothing of the scene runs.
///
/// # Errors
/// The signals cannot be caught or the events cannot be told: a fault of the machine, not of a program.
pub fn play(
    assignment: &Assignment,
    observer: &mut dyn Observer,
    witness: &mut dyn Witness,
) -> io::Result<()> {
    let _end = EndOnDrop;
    let mut player = Player {
        folder: Tree::open(&assignment.folder)?,
        scene: &assignment.scene,
        assignment,
        began: Instant::now(),
        interrupted: catch_interrupts()?,
        programs: (0..assignment.scene.terminals.len()).map(|_| None).collect(),
        lines_left: lines_allowed(assignment),
        directions: Sequencer::new(&assignment.scene),
        addresses: Addresses::new(!assignment.own_network),
        stopped: Vec::new(),
        resting: None,
        told_of_lull: None,
        settling: None,
        keys: assignment.keys.map(Steps::new).transpose()?,
        observer,
        witness,
    };
    let ending = player.perform();
    // whatever happened: first end everything, then say what was left
    for group in player.running() {
        // one call for the whole group, before anything is looked at: a fork that never ends must not win
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    let groups: Vec<i32> = player.programs.iter().flatten().map(|program| program.pid).collect();
    let left = crate::end_everything(&groups);
    let ending = ending?;
    player.finish(ending, left)
}

/// How many lines of standard output each program may print: as many as the script asks for at most, and many more.
fn lines_allowed(assignment: &Assignment) -> Vec<u64> {
    let scene = &assignment.scene;
    let asked = |terminal: usize| {
        let its = scene.lines.iter().filter(|one| scene.lanes[one.lane].terminal == terminal);
        its.fold(LINES_TOO_MANY, |sum, one| sum.saturating_add(*one.times.end()))
    };
    // of any programs nothing is expected
    let is_asked = assignment.directory.is_none();
    (0..scene.terminals.len()).map(|one| if is_asked { asked(one) } else { u64::MAX }).collect()
}

/// Somebody wants us to stop: set by a signal.
fn catch_interrupts() -> io::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
    }
    Ok(interrupted)
}

/// Ends everything whatever happens, also when this very module panics: nothing of the scene may live on.
struct EndOnDrop;

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        crate::end_everything(&[]);
    }
}

/// How the performance came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Every direction carried out, every program ended.
    Complete,
    /// Out of time or too much output: the report has been made.
    Cut,
    /// Somebody wants us to stop: Ctrl-C, or our parent has ended.
    Interrupted,
}

/// A program on the stage.
struct OnStage {
    pid: i32,
    stdin: Option<File>,
    ended: bool,
    listening: Option<Endpoint>,
}

struct Player<'a> {
    /// The scene's folder, also when a program moves it.
    folder: Tree,
    scene: &'a Scene,
    assignment: &'a Assignment,
    began: Instant,
    interrupted: Arc<AtomicBool>,
    programs: Vec<Option<OnStage>>,
    /// How many lines of standard output each program may still print.
    lines_left: Vec<u64>,
    directions: Sequencer<'a>,
    addresses: Addresses,
    /// Process groups that the script has stopped.
    stopped: Vec<i32>,
    /// The program of this terminal rests.
    resting: Option<usize>,
    /// The lull of which was told: since when.
    told_of_lull: Option<Duration>,
    /// Since when the present direction waits for a program to settle, and whether that was told.
    settling: Option<(usize, Instant, bool)>,
    /// Somebody plays step by step.
    keys: Option<Steps>,
    observer: &'a mut dyn Observer,
    witness: &'a mut dyn Witness,
}

impl Player<'_> {
    fn perform(&mut self) -> io::Result<Ending> {
        // after a look that found something, look again at once: it fixes the order of what comes later
        let mut again = false;
        // something that the next direction may have waited for
        let mut due = true;
        let mut pending = None;
        let mut meter = Meter::default();
        // looks after the end of the time
        let mut overtime = 0;
        loop {
            if due {
                pending = self.carry_out()?;
            }
            if !again {
                // nothing more to tell at once
                self.witness.pause()?;
            }
            if self.is_over() {
                self.let_the_stopped_end()?;
                return Ok(Ending::Complete);
            }
            let (theirs, ours) = self.time_left();
            let left = theirs.min(ours);
            if left.is_zero() && !self.is_lull_to_come(&mut overtime)? {
                // a long time of theirs may be a moment of ours: too short to have been measured in
                let excess = meter.excess_now(&self.folder, &self.groups());
                let kind = excess.map_or_else(|| self.out_of_time(theirs.is_zero()), Kind::Excess);
                self.tell(kind)?;
                return Ok(Ending::Cut);
            }
            self.tell_of_lull()?;
            let nap = match pending {
                _ if left.is_zero() => POLL_EVERY,
                Some(Pending::Polled) => left.min(POLL_EVERY),
                _ => left.min(LOOK_EVERY),
            };
            let seen = self.observer.look(if again { Duration::ZERO } else { nap })?;
            again = !seen.is_empty();
            due = !again || seen.iter().any(Observation::may_unblock);
            let cut = self.take(seen)?;
            if self.interrupted.load(Ordering::Relaxed) {
                return self.interrupted();
            }
            if cut {
                return Ok(Ending::Cut);
            }
            if let Some(kind) = self.too_much(&mut meter) {
                self.tell(kind)?;
                return Ok(Ending::Cut);
            }
        }
    }

    /// More of the machine, or more output, than any lesson needs; `None`: all within the limits.
    fn too_much(&self, meter: &mut Meter) -> Option<Kind> {
        if let Some(excess) = meter.excess(&self.folder, &self.groups()) {
            return Some(Kind::Excess(excess));
        }
        let sizes = (0..self.programs.len()).map(|one| (one, self.observer.bytes_of(one)));
        let is_too_much =
            |(terminal, bytes): &(usize, u64)| *bytes > OUTPUT || self.lines_left[*terminal] == 0;
        let (terminal, bytes) = sizes.into_iter().find(is_too_much)?;
        Some(Kind::TooMuchOutput { terminal, bytes })
    }

    /// Until the scene's limit on the clock that is made for the programs, and until they have been waited for long enough
    /// on ours. Only ours goes slower on a busy machine.
    fn time_left(&self) -> (Duration, Duration) {
        let Assignment { scene, trace, patience, .. } = self.assignment;
        let is_made = matches!(trace, Some(Clock::Virtual { .. }));
        let theirs = if is_made { scene.limit } else { Duration::MAX };
        let grace = if is_made { VIRTUAL_TIME_GRACE } else { Duration::ZERO };
        let ours = (scene.limit + grace).mul_f64(*patience);
        (theirs.saturating_sub(self.observer.now()), ours.saturating_sub(self.began.elapsed()))
    }

    /// Takes note of what was seen; `true`: it ends the scene.
    fn take(&mut self, seen: Vec<Observation>) -> io::Result<bool> {
        for one in seen {
            match one {
                Observation::Kind(window, Kind::Line(line), place) => {
                    match line.stream {
                        Stream::Err => self.note_listening(line.terminal, &line.text),
                        Stream::Out => {
                            let left = &mut self.lines_left[line.terminal];
                            *left = left.saturating_sub(line.count);
                        }
                    }
                    self.directions.saw(&line, &self.addresses.in_script(&line.text));
                    self.tell_at(window, Kind::Line(line), place)?;
                }
                Observation::Kind(window, kind, place) => self.tell_at(window, kind, place)?,
                Observation::Ended(ended) => self.ended(ended)?,
                Observation::Rests(terminal) => self.resting = Some(terminal),
                Observation::Idle { waiting, for_ever } => {
                    if self.stands_still(waiting, Some(for_ever))? {
                        return Ok(true);
                    }
                }
                Observation::Cut(Kind::Stuck { waiting, .. }) => {
                    if self.stands_still(waiting, None)? {
                        return Ok(true);
                    }
                }
                Observation::Cut(kind) => {
                    self.tell(kind)?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Nobody can run; `idle`: they only wait for new clients, some only for a time if not for ever. `true`: that ends the
    /// scene.
    fn stands_still(&mut self, waiting: Vec<Waiting>, idle: Option<bool>) -> io::Result<bool> {
        match (self.directions.current(), idle) {
            // the next program may be what they wait for
            (Some((_, terminal, Action::Settle)), _) => {
                self.resting = Some(terminal);
                self.observer.take_back();
                Ok(false)
            }
            (Some((_, _, Action::Finish)), Some(_)) => {
                let terminals: BTreeSet<usize> = waiting.iter().map(|one| one.program).collect();
                let terminals = terminals.into_iter().collect();
                self.tell(Kind::Idle { terminals, waiting })?;
                Ok(true)
            }
            // the script says how they end, and their time goes on
            (_, Some(false)) => Ok(false),
            (direction, _) => {
                let direction = direction.map(|(direction, ..)| direction);
                self.tell(Kind::Stuck { direction, waiting })?;
                Ok(true)
            }
        }
    }

    /// The process groups of the programs that run.
    fn running(&self) -> Vec<i32> {
        let running = self.programs.iter().flatten().filter(|program| !program.ended);
        running.map(|program| program.pid).collect()
    }

    /// What is stopped while processes are counted; nothing that is traced: the tracer would tell of it.
    fn groups(&self) -> Vec<i32> {
        if self.assignment.trace.is_some() { Vec::new() } else { self.running() }
    }

    /// The program of a terminal, while it runs.
    fn on_stage(&self, terminal: usize) -> Option<&OnStage> {
        self.programs[terminal].as_ref().filter(|program| !program.ended)
    }

    fn has_ended(&self, terminal: usize) -> bool {
        self.on_stage(terminal).is_none()
    }

    fn is_over(&self) -> bool {
        self.directions.current().is_none()
            && (0..self.programs.len()).all(|one| self.has_ended(one))
    }

    fn ended(&mut self, ended: Reaped) -> io::Result<()> {
        let Reaped { pid, group, name, exit } = ended;
        let terminal = self
            .programs
            .iter()
            .position(|program| program.as_ref().is_some_and(|program| program.pid == pid));
        let Some(terminal) = terminal else {
            // stopped together with its parent, as Ctrl-C does in a terminal: nobody left it behind
            if self.stopped.contains(&group) {
                return Ok(());
            }
            let kind = Kind::Orphan { pid, command: name, alive: false };
            return self.tell(kind);
        };
        if let Some(program) = &mut self.programs[terminal] {
            program.ended = true;
            program.stdin = None;
        }
        self.tell(Kind::Exited { terminal, exit })
    }

    /// Remembers where a server says that it listens.
    fn note_listening(&mut self, terminal: usize, text: &str) {
        if let Some(program) = &mut self.programs[terminal] {
            program.listening = program.listening.or_else(|| crate::announced(text));
        }
    }

    /// Tells of something that happens now.
    fn tell(&mut self, kind: Kind) -> io::Result<()> {
        self.tell_at(Window::exact(self.observer.tick()), kind, None)
    }

    fn tell_at(&mut self, window: Window, kind: Kind, place: Option<Place>) -> io::Result<()> {
        self.witness.tell(&Event { at: self.observer.now(), window, kind, place })
    }
}
