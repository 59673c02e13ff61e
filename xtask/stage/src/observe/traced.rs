//! The observer that knows who did what: the programs are traced.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use limits::{LOOK_EVERY, TRACED_TIME_UNTOLD};

use events::{Activity, Call, Clock, Kind, Line, Place, Source, Stream, Waiting, Wakes, Window};
use tracer::{News, Refused, Tracer};

use crate::{Assignment, Detail, Reaped};

use super::lines::{Folded, Splitter};
use super::observer::{Launch, Observation, Observer};
use super::tally::{Tally, is_print};

/// Follows the programs of a scene.
pub struct Traced {
    tracer: Tracer,
    tick: u64,
    detail: Detail,
    /// Unfinished lines and bytes so far, by terminal: standard output, standard error.
    outputs: Vec<[Output; 2]>,
    tally: Tally,
    /// Terminals in which a partner runs: its source is nobody's business.
    partners: Vec<bool>,
    /// Told before anything else.
    first: VecDeque<Observation>,
}

#[derive(Debug, Default)]
struct Output {
    lines: Splitter,
    bytes: u64,
    /// Who wrote the last of it.
    source: Option<Source>,
    /// From where in the source.
    place: Option<Place>,
}

impl Traced {
    /// Nobody is followed yet.
    ///
    /// # Errors
    /// The tracer cannot be set up.
    pub fn new(assignment: &Assignment, clock: Clock) -> io::Result<Traced> {
        let terminals = assignment.scene.terminals.len();
        let mut tracer = Tracer::new(clock)?;
        tracer.limit_computing(assignment.computing);
        if !assignment.own_network {
            tracer.share_network(assignment.visited);
        }
        if assignment.places {
            tracer.tell_places();
        }
        if let Some(seed) = assignment.harsh {
            let trusting = assignment.scene.terminals.iter().enumerate();
            let trusting = trusting.filter(|(_, terminal)| terminal.takes_first);
            tracer.be_harsh(seed, trusting.map(|(index, _)| index));
        }
        let tracing = Observation::Kind(Window::exact(0), Kind::Tracing { clock }, None);
        Ok(Traced {
            tracer,
            tick: 0,
            detail: assignment.detail,
            outputs: (0..terminals).map(|_| Default::default()).collect(),
            tally: Tally::new(assignment.detail),
            partners: (0..terminals).map(|one| assignment.scene.is_partner(one)).collect(),
            first: VecDeque::from([tracing]),
        })
    }

    fn window(&self) -> Window {
        Window::exact(self.tick)
    }

    fn is_partner(&self, terminal: usize) -> bool {
        self.partners.get(terminal).is_some_and(|is| *is)
    }

    /// The same without what stands on the stacks of partners.
    fn shown(&self, mut waiting: Vec<Waiting>) -> Vec<Waiting> {
        for one in waiting.iter_mut().filter(|one| self.is_partner(one.program)) {
            (one.place, one.frames) = (None, Vec::new());
        }
        waiting
    }

    fn seen(&mut self, news: News) -> Vec<Observation> {
        self.tick += 1;
        let wanted = match &news {
            News::Event { program: terminal, event } => {
                self.tally.counts(*terminal, event.tid, &event.activity)
            }
            // it comes right after its call
            News::Output { .. } => Ok(self.tally.is_told()),
            _ => Ok(true),
        };
        match wanted {
            Ok(true) => {}
            Ok(false) => return Vec::new(),
            Err(cut) => return vec![Observation::Cut(*cut)],
        }
        match news {
            News::Event { program: terminal, event } => {
                let events::TraceEvent { pid, tid, activity, place, .. } = event;
                // the lines themselves come right after it
                if is_print(&activity) || self.detail == Detail::Verdict && is_wait(&activity) {
                    return Vec::new();
                }
                vec![Observation::Kind(
                    self.window(),
                    Kind::Traced { terminal, pid, tid, activity },
                    place.map(|place| *place).filter(|_| !self.is_partner(terminal)),
                )]
            }
            News::Output { program: terminal, errors, pid, tid, bytes, place } => {
                let stream = if errors { Stream::Err } else { Stream::Out };
                let output = &mut self.outputs[terminal][usize::from(errors)];
                output.bytes += bytes.len() as u64;
                output.source = Some(Source { pid, tid });
                output.place = place.filter(|_| !self.partners[terminal]);
                let lines = output.lines.push(&bytes);
                self.lines(terminal, stream, lines)
            }
            News::Ended { pid, group, name, exit } => {
                vec![Observation::Ended(Reaped { pid, group, name, exit })]
            }
            News::Stuck(waiting) => {
                let waiting = self.shown(waiting);
                vec![Observation::Cut(Kind::Stuck { direction: None, waiting })]
            }
            News::Idle { waiting, for_ever } => {
                vec![Observation::Idle { waiting: self.shown(waiting), for_ever }]
            }
            News::Rests { program } => vec![Observation::Rests(program)],
            News::Computing { program: terminal, pid, tid, cpu, repeats, place } => {
                vec![Observation::Cut(Kind::Computing { terminal, pid, tid, cpu, repeats, place })]
            }
            News::Refused { program: terminal, refused } => {
                let why = in_words(refused).to_owned();
                vec![Observation::Cut(Kind::Untraceable {
                    terminal,
                    why,
                    real_time: refused == Refused::Timer,
                })]
            }
        }
    }

    fn lines(
        &self,
        terminal: usize,
        stream: Stream,
        lines: impl IntoIterator<Item = Folded>,
    ) -> Vec<Observation> {
        let Output { source, place, .. } =
            &self.outputs[terminal][usize::from(stream == Stream::Err)];
        let seen = lines.into_iter().map(|Folded { text, count, whole }| {
            let line = Line { terminal, stream, text, count, whole, source: *source };
            Observation::Kind(self.window(), Kind::Line(line), place.clone())
        });
        seen.collect()
    }
}

impl Observer for Traced {
    fn launch(&mut self, launch: Launch) -> io::Result<(i32, Option<OwnedFd>)> {
        let Launch { terminal, program, args, folder, typed } = launch;
        let command = crate::command(program, args, folder);
        let started = self.tracer.start(command, terminal, typed)?;
        Ok((started.pid, started.input))
    }

    fn look(&mut self, nap: Duration) -> io::Result<Vec<Observation>> {
        if !self.first.is_empty() {
            return Ok(self.first.drain(..).collect());
        }
        let (began, until) = (Instant::now(), self.tracer.now() + TRACED_TIME_UNTOLD);
        while let Some(news) = self.tracer.advance(nap.saturating_sub(began.elapsed()))? {
            let seen = self.seen(news);
            if !seen.is_empty() {
                // one at a time: a direction of the script may be due right after it
                return Ok(seen);
            }
            if began.elapsed() >= LOOK_EVERY || self.tracer.now() >= until {
                break;
            }
        }
        Ok(Vec::new())
    }

    /// The programs go on only while we look, and then everything is told at once.
    fn glance(&mut self) -> io::Result<Vec<Observation>> {
        Ok(Vec::new())
    }

    fn last(&mut self) -> io::Result<Vec<Observation>> {
        let mut seen = Vec::new();
        for news in self.tracer.rest()? {
            seen.extend(self.seen(news));
        }
        self.tick += 1;
        let untold = self.tally.untold();
        // of a line whose rest may not have been told nobody knows whether it was finished
        let terminals = if untold > 0 { 0 } else { self.outputs.len() };
        for terminal in 0..terminals {
            for stream in [Stream::Out, Stream::Err] {
                let half =
                    self.outputs[terminal][usize::from(stream == Stream::Err)].lines.finish();
                seen.extend(self.lines(terminal, stream, half));
            }
        }
        if untold > 0 {
            seen.push(Observation::Kind(self.window(), Kind::Untold { events: untold }, None));
        }
        seen.push(Observation::Kind(self.window(), Kind::Choices(self.tracer.choices()), None));
        if self.tracer.unattributed() > 0 {
            let why =
                "有些输出看不到是谁写的：不是用 write 写的，或者写的时候被信号杀死了".to_owned();
            seen.push(Observation::Cut(Kind::Untraceable {
                terminal: None,
                why,
                real_time: false,
            }));
        }
        Ok(seen)
    }

    fn signalled(&mut self) {
        self.tracer.signalled();
    }

    fn expect_rest(&mut self, terminal: Option<usize>) {
        self.tracer.expect_rest(terminal);
    }

    fn processes_of(&self, terminal: usize) -> Option<Vec<i32>> {
        Some(self.tracer.processes_of(terminal))
    }

    fn take_back(&mut self) {
        self.tracer.take_back();
    }

    fn lull(&self) -> Option<Duration> {
        self.tracer.lull()
    }

    fn waits_in_lull(&mut self) -> Option<(Vec<Waiting>, Vec<Wakes>)> {
        let (waiting, wakes) = self.tracer.waits_in_lull()?;
        Some((self.shown(waiting), wakes))
    }

    fn now(&self) -> Duration {
        self.tracer.now()
    }

    fn tick(&self) -> u64 {
        self.tick
    }

    fn bytes_of(&self, terminal: usize) -> u64 {
        self.outputs[terminal].iter().map(|output| output.bytes).sum()
    }
}

/// Somebody sleeps, or waits for a lock, another thread or whichever descriptor.
fn is_wait(activity: &Activity) -> bool {
    let (Activity::Enter(call) | Activity::Leave { call, .. }) = activity else { return false };
    matches!(call, Call::Sleep { .. } | Call::Futex { .. } | Call::Poll { .. } | Call::Other { .. })
}

fn in_words(refused: Refused) -> &'static str {
    match refused {
        Refused::Ptrace => "程序自己要跟踪别的程序（ptrace），不能再被跟踪",
        Refused::IoUring => "程序用 io_uring 做系统调用，跟踪看不见",
        Refused::Timer => "程序用了内核的定时器（或者 io_getevents 的时限），它不认识虚拟的时间",
        Refused::SetUid => "程序的文件带 set-user-ID 或 set-group-ID，被跟踪就得不到那个身份",
        Refused::Foreign => "程序是给另一种机器编译的（32 位）",
        Refused::ForeignCall => "程序用了另一种机器的系统调用（32 位或 x32），跟踪看不见",
        Refused::Listener => "程序让别的进程决定它的系统调用（seccomp 的通知），跟踪看不见",
        Refused::Untraced => "程序让新的进程或线程不被跟踪（CLONE_UNTRACED），看不见它做什么",
        Refused::Hidden => "程序不让别的程序看它（PR_SET_DUMPABLE），跟踪看不见它写什么",
        Refused::TooMany => "进程和线程太多，跟踪不过来",
    }
}
