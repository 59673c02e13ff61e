//! Where the threads of Python programs are in their own source, and not in that of the interpreter.

use std::collections::HashMap;

use cpython::{Interpreters, Memory, Stack, Unknown};

use events::Place;

use super::memory;
use super::source::{Found, place};

/// The stacks of Python programs; each program's are read once.
#[derive(Default)]
pub struct Pythons {
    interpreters: Interpreters,
    processes: HashMap<i32, Result<Vec<Stack>, Unknown>>,
}

impl Pythons {
    /// Where a thread is that stands still; `None`: its program is not in Python.
    pub fn of(&mut self, pid: i32, tid: i32) -> Option<Found> {
        let known = self.processes.entry(pid);
        let known = known.or_insert_with(|| self.interpreters.stacks(tid, &Thread(tid)));
        found(known, tid)
    }

    /// The same of a thread that is stopped now and that runs between two looks, in its own program's lines.
    pub fn now(&mut self, tid: i32) -> Option<Option<Place>> {
        let known = self.interpreters.stacks(tid, &Thread(tid));
        found(&known, tid).map(|found| found.place)
    }
}

fn found(known: &Result<Vec<Stack>, Unknown>, tid: i32) -> Option<Found> {
    let stacks = match known {
        Ok(stacks) => stacks.as_slice(),
        Err(Unknown::NotPython) => return None,
        // its own functions would be those of the interpreter: nothing that tells a student anything
        Err(_) => &[],
    };
    let stack = stacks.iter().find(|stack| stack.tid == tid);
    let frames = stack.map_or_else(Vec::new, |stack| stack.frames.clone());
    Some(Found { place: place(&frames), frames, ..Found::default() })
}

/// A thread whose process's memory is read.
struct Thread(i32);

impl Memory for Thread {
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        memory::read(self.0, address, length).ok()
    }
}
