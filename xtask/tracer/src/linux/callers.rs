//! From which line of its source each call is made: only where that was asked for, since a stack has to be read for each.

use std::collections::HashMap;

use lines::Files;

use events::Place;

use super::python::Pythons;
use super::regs::Regs;
use super::source::{Places, place};

/// So many calls have their line: what does more has done the same again and again.
const MOST: u32 = 20_000;

/// The lines from which calls are made.
pub struct Callers {
    places: Places<'static>,
    pythons: Pythons,
    /// By process and the addresses on the stack: a loop comes by the same ones each time.
    known: HashMap<(i32, Vec<u64>), Option<Place>>,
    looked: u32,
}

impl Callers {
    /// Nothing is known yet. What is read of programs is kept until this process ends.
    pub fn new() -> Callers {
        let files: &'static Files = Box::leak(Box::default());
        let (pythons, known) = (Pythons::default(), HashMap::new());
        Callers { places: Places::new(files), pythons, known, looked: 0 }
    }

    /// Where a thread is that is stopped; `None`: not known.
    pub fn of(&mut self, pid: i32, tid: i32) -> Option<Place> {
        if self.looked == MOST {
            return None;
        }
        self.looked += 1;
        let regs = Regs::read(tid).ok()?;
        if self.places.interprets(pid, tid) {
            return self.pythons.now(tid).flatten();
        }
        let addresses = self.places.stack(pid, tid, &regs);
        let (places, key) = (&mut self.places, (pid, addresses));
        let known = self.known.entry(key);
        known
            .or_insert_with_key(|(_, addresses)| place(&places.functions(pid, tid, addresses)))
            .clone()
    }

    /// A process runs another program from now on.
    pub fn forget(&mut self, pid: i32) {
        self.places.forget(pid);
        self.known.retain(|(of, _), _| *of != pid);
    }
}
