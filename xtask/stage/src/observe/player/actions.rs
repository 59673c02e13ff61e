//! Carries out the steps of the script, each as soon as its time has come.

use std::fs::File;
use std::io::{self, Write};
use std::time::Instant;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use course::script::{Action, PARTNER};
use events::{Endpoint, Kind, StopSignal, error_in_words};
use limits::AWAITED;

use crate::observe::observer::{Launch, set_nonblocking};
use crate::{Assignment, Program, partner};

use crate::keys::Steps;

use super::{OnStage, Player};

/// A direction that cannot be carried out yet: how it becomes known that it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pending {
    /// Something is printed, or a program ends: the observer wakes up.
    Notified,
    /// Nothing tells: look again soon.
    Polled,
}

impl Player<'_> {
    /// Carries out every direction whose time has come. Says how the next one makes itself known.
    pub(super) fn carry_out(&mut self) -> io::Result<Option<Pending>> {
        while let Some((index, terminal, action)) = self.directions.current() {
            if !self.may_act(index, action)? {
                return Ok(Some(Pending::Polled));
            }
            let wait = match action {
                Action::Start { package, args } => match self.directions.arguments(args) {
                    Some(args) => {
                        self.start(terminal, package, args)?;
                        None
                    }
                    None => Some(Pending::Notified),
                },
                Action::Listen(addr) => self.wait_for_listener(terminal, *addr)?,
                Action::Settle => self.wait_for_rest(terminal)?,
                Action::Finish => self.has_anybody_left().then_some(Pending::Notified),
                Action::Connect(addr) => self.wait_for_connection(terminal, *addr)?,
                Action::Await => (!self.has_ended(terminal) && !self.has_printed_all_above())
                    .then_some(Pending::Notified),
                Action::Type(text) => self.type_line(terminal, text)?,
                Action::CloseInput => {
                    if let Some(program) = &mut self.programs[terminal] {
                        program.stdin = None;
                    }
                    self.tell(Kind::Typed { terminal, text: None })?;
                    None
                }
                Action::End(_) => (!self.has_ended(terminal)).then_some(Pending::Notified),
                Action::Stop(signal) => self.stop(terminal, *signal)?,
            };
            if wait.is_some() {
                return Ok(wait);
            }
            self.directions.done();
        }
        Ok(None)
    }

    /// Played step by step, a direction that does something waits for a key.
    fn may_act(&mut self, direction: usize, action: &Action) -> io::Result<bool> {
        let acts = matches!(
            action,
            Action::Start { .. } | Action::Type(_) | Action::CloseInput | Action::Stop(_)
        );
        if !acts || self.keys.is_none() {
            return Ok(true);
        }
        // asked when it is their turn, not while lines are still to come
        if matches!(action, Action::Stop(_)) && !self.has_printed_all_above() {
            return Ok(true);
        }
        if self.keys.as_mut().is_some_and(|steps| steps.is_new(direction)) {
            self.tell(Kind::Asks { direction })?;
        }
        self.keys.as_mut().map_or(Ok(true), Steps::allows)
    }

    fn start(&mut self, terminal: usize, package: &str, args: Vec<String>) -> io::Result<()> {
        let typed = self.scene.terminals[terminal].typed;
        let (program, args) = self.what_starts(terminal, package, args);
        let started = program.and_then(|program| {
            let Assignment { folder, directory, .. } = self.assignment;
            let folder = directory.as_ref().unwrap_or(folder);
            let program = &program;
            self.observer.launch(Launch { terminal, program, args: &args, folder, typed })
        });
        match started {
            Ok((pid, stdin)) => {
                if let Some(stdin) = &stdin {
                    set_nonblocking(stdin)?;
                }
                let stdin = stdin.map(File::from);
                self.programs[terminal] =
                    Some(OnStage { pid, stdin, ended: false, listening: None });
                let parent = std::process::id() as i32;
                self.tell(Kind::Started { terminal, pid, parent })
            }
            Err(error) => {
                let why = format!("{package}：{}", error_in_words(&error));
                self.tell(Kind::CannotStart { terminal, why })
            }
        }
    }

    /// What is started, with which arguments: a program of the course, or, as a partner, ourselves.
    fn what_starts(
        &mut self,
        terminal: usize,
        package: &str,
        args: Vec<String>,
    ) -> (io::Result<Program>, Vec<String>) {
        if package == PARTNER {
            let words = self.addresses.words(args);
            let args = std::iter::once(partner::PARTNER.to_owned()).chain(words).collect();
            let ourselves = std::env::current_exe();
            return (ourselves.map(|path| Program { path, address: None }), args);
        }
        match self.assignment.programs.get(package) {
            Some(program) => {
                let address = program.address;
                let args = self.addresses.arguments(self.scene, terminal, address, args);
                (Ok(program.clone()), args)
            }
            None => (Err(io::Error::other("没有编译过这个程序")), args),
        }
    }

    fn wait_for_listener(
        &mut self,
        terminal: usize,
        addr: Endpoint,
    ) -> io::Result<Option<Pending>> {
        let Some(program) = self.on_stage(terminal) else {
            return Ok(None); // it will never listen: the judge says so
        };
        let listens = crate::listening(program.pid, addr.transport);
        // where the kernel does not tell, the server's own word must do
        let listens = listens.unwrap_or_else(|_| program.listening.into_iter().collect());
        let real = listens.into_iter().find(|real| self.addresses.suits(addr, *real));
        let Some(real) = real else { return Ok(Some(Pending::Polled)) };
        self.addresses.found(addr, real);
        if !self.has_printed_all_above() {
            return Ok(Some(Pending::Notified)); // it listens, but has not yet said what stands above
        }
        self.tell(Kind::Listening { terminal, addr: real })?;
        Ok(None)
    }

    /// Until a program listens, has ended with all that it has left behind, or waits itself.
    fn wait_for_rest(&mut self, terminal: usize) -> io::Result<Option<Pending>> {
        let (_, since, told) = match self.settling {
            Some(settling) if settling.0 == terminal => settling,
            _ => {
                self.observer.expect_rest(Some(terminal));
                (terminal, Instant::now(), false)
            }
        };
        let serves = |pids: &[i32]| crate::serves(pids).unwrap_or(true);
        let waits = self.resting != Some(terminal)
            && match self.observer.processes_of(terminal) {
                Some(pids) => !pids.is_empty() && !serves(&pids),
                None => self.on_stage(terminal).is_some_and(|program| !serves(&[program.pid])),
            };
        if !waits {
            self.observer.expect_rest(None);
            (self.settling, self.resting) = (None, None);
            return Ok(None);
        }
        let is_last = terminal + 1 == self.programs.len();
        let tells = !told && !is_last && since.elapsed() >= AWAITED;
        if tells {
            self.tell(Kind::Awaited { terminal })?;
        }
        self.settling = Some((terminal, since, told || tells));
        Ok(Some(Pending::Polled))
    }

    /// Somebody is there, if only a process that a program has left behind.
    fn has_anybody_left(&self) -> bool {
        (0..self.programs.len()).any(|one| {
            let left = self.observer.processes_of(one).is_some_and(|pids| !pids.is_empty());
            left || !self.has_ended(one)
        })
    }

    fn wait_for_connection(
        &mut self,
        terminal: usize,
        addr: Endpoint,
    ) -> io::Result<Option<Pending>> {
        let Some(program) = self.on_stage(terminal) else {
            return Ok(None); // it has ended without: the judge says so
        };
        match crate::is_connected(program.pid, self.addresses.real(addr))? {
            Some(false) => return Ok(Some(Pending::Polled)),
            known => {
                let seen = known.is_some();
                self.tell(Kind::Connected { terminal, seen })?;
            }
        }
        Ok(None)
    }

    fn type_line(&mut self, terminal: usize, text: &str) -> io::Result<Option<Pending>> {
        let program = self.programs[terminal].as_mut().filter(|program| !program.ended);
        let Some(stdin) = program.and_then(|program| program.stdin.as_mut()) else {
            return Ok(None);
        };
        // a line is shorter than PIPE_BUF, so it is taken whole or not at all (pipe(7))
        match stdin.write_all(format!("{text}\n").as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Some(Pending::Polled)),
            // an error: it no longer reads; what it prints and how it ends will tell
            _ => {
                let kind = Kind::Typed { terminal, text: Some(text.to_owned()) };
                self.tell(kind)?;
                Ok(None)
            }
        }
    }

    fn stop(&mut self, terminal: usize, signal: StopSignal) -> io::Result<Option<Pending>> {
        // it may have ended a moment ago: then it was not stopped
        self.glance()?;
        let Some(program) = self.on_stage(terminal) else {
            return Ok(None);
        };
        let pid = program.pid;
        if !self.has_printed_all_above() {
            return Ok(Some(Pending::Notified));
        }
        let number = match signal {
            StopSignal::Int => Signal::SIGINT,
            StopSignal::Term => Signal::SIGTERM,
            StopSignal::Kill => Signal::SIGKILL,
        };
        // the whole group, as a terminal does; an error means that it has just ended
        let _ = killpg(Pid::from_raw(pid), number);
        self.observer.signalled();
        self.stopped.push(pid);
        self.tell(Kind::Stopped { terminal, signal })?;
        Ok(None)
    }

    /// What has happened by now, without waiting.
    fn glance(&mut self) -> io::Result<()> {
        let seen = self.observer.glance()?;
        self.take(seen)?;
        Ok(())
    }

    fn has_printed_all_above(&mut self) -> bool {
        self.directions.has_printed_all_above(|text| self.addresses.in_script(text))
    }
}
