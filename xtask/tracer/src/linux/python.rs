//! Where the threads of Python programs are in their own source, and not in that of the interpreter.

use std::collections::HashMap;

use cpython::{Interpreters, Memory, Stack, Unknown};

use events::{Frame, Hint, Place};

use super::{memory, source};

/// The stacks of Python programs; each program's are read once.
#[derive(Default)]
pub struct Pythons {
    interpreters: Interpreters,
    processes: HashMap<i32, Result<Vec<Stack>, Unknown>>,
}

impl Pythons {
    /// The stack of a thread that is blocked or stopped, as that of its process's program has been read: if that is an
    /// interpreter, what it carries out comes before its own functions, and only that belongs to the program.
    pub fn add(
        &mut self,
        pid: i32,
        tid: i32,
        native: (Option<Place>, Hint, Vec<Frame>),
    ) -> (Option<Place>, Hint, Vec<Frame>) {
        let known = self.processes.entry(pid);
        let known = known.or_insert_with(|| self.interpreters.stacks(tid, &Thread(tid)));
        let stacks = match known {
            Err(Unknown::NotPython) => return native,
            Err(_) => &[],
            Ok(stacks) => stacks.as_slice(),
        };
        let (_, _, mut inside) = native;
        inside.iter_mut().for_each(|frame| frame.own = false);
        let stack = stacks.iter().find(|stack| stack.tid == tid);
        let mut frames = stack.map_or_else(Vec::new, |stack| stack.frames.clone());
        frames.append(&mut inside);
        (source::place(&frames), Hint::Unknown, frames)
    }
}

/// A thread whose process's memory is read.
struct Thread(i32);

impl Memory for Thread {
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        memory::read(self.0, address, length).ok()
    }
}
