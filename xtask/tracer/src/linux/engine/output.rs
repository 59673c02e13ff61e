//! What the programs print: it is read from their pipes, and told as what somebody was seen to write.

use std::io::{self, Read};

use super::{Captured, PIPE_SIZE, Tracer};
use crate::linux::objects::Stream;

impl Tracer {
    /// Much of the programs' output lies in its pipes: soon somebody would have to wait.
    pub(super) fn outstanding(&self) -> bool {
        self.attributed.saturating_sub(self.drained) > PIPE_SIZE as u64 / 4
    }

    /// Empties the programs' output, so that nobody waits for us; `true`: there was something.
    pub(super) fn drain(&mut self) -> bool {
        let mut drained = 0;
        for captured in self.captured.iter_mut().filter(|captured| captured.open) {
            loop {
                match captured.file.read(&mut self.buffer) {
                    Ok(0) => {
                        captured.open = false;
                        break;
                    }
                    Ok(length) => {
                        drained += length as u64;
                        if let Some(kept) = &mut captured.kept {
                            kept.extend(&self.buffer[..length]);
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
        }
        self.drained += drained;
        drained > 0
    }

    /// Somebody is about to write to an output what is not in his memory: what comes through it from now on is kept.
    pub(super) fn keep(&mut self, output: Stream) {
        self.drain();
        if let Some(captured) = self.captured.iter_mut().find(|one| one.of == output) {
            captured.kept.get_or_insert_default();
        }
    }

    /// Somebody has written to an output; `bytes` are those that he is known to have written, of `length`. Gives those that
    /// he has written.
    pub(super) fn take_kept(&mut self, output: Stream, bytes: Vec<u8>, length: usize) -> Vec<u8> {
        let is_kept = |one: &Captured| one.of == output && one.kept.is_some();
        if length == 0 || !self.captured.iter().any(is_kept) {
            return bytes;
        }
        self.drain();
        let captured = self.captured.iter_mut().find(|one| one.of == output);
        let Some(kept) = captured.and_then(|one| one.kept.as_mut()) else { return bytes };
        if bytes.is_empty() {
            return kept.drain(..length.min(kept.len())).collect();
        }
        if let Some(at) = kept.windows(bytes.len()).position(|part| part == bytes) {
            kept.drain(at..at + bytes.len());
        }
        bytes
    }

    /// Nothing is kept of an output to which nobody writes so any more.
    pub(super) fn forget_kept(&mut self) {
        for captured in self.captured.iter_mut().filter(|captured| captured.kept.is_some()) {
            let pending = self.threads.values().filter_map(|thread| thread.pending.as_ref());
            if !pending.into_iter().any(|pending| pending.unseen == Some(captured.of)) {
                captured.kept = None;
            }
        }
    }
}
