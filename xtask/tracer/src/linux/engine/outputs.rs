//! What the programs print: it is read from their pipes, and told as what somebody was seen to write.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::pipe2;

use super::number_of;
use crate::linux::objects::{Objects, Stream};

/// What a program's output may hold before it has to wait for us.
const PIPE_SIZE: i32 = 1 << 20;

/// The outputs of all programs.
pub struct Outputs {
    captured: Vec<Captured>,
    buffer: Box<[u8]>,
}

/// The reading end of one output of a program.
struct Captured {
    file: File,
    open: bool,
    of: Stream,
    /// Bytes that came through it.
    drained: u64,
    /// Bytes that somebody was seen to write to it.
    attributed: u64,
    /// What has come through it while somebody writes there what is not in his memory (`sendfile(2)`): only here it can be
    /// read.
    kept: Option<Vec<u8>>,
}

impl Outputs {
    /// Of nobody yet.
    pub fn new() -> Outputs {
        Outputs { captured: Vec::new(), buffer: vec![0; 64 << 10].into() }
    }

    /// A pipe for one output of a program that is about to start: the end to write to.
    ///
    /// # Errors
    /// There are too many descriptors.
    pub fn capture(&mut self, of: Stream, objects: &mut Objects) -> io::Result<OwnedFd> {
        let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
        let flags = OFlag::from_bits_truncate(fcntl(&reader, FcntlArg::F_GETFL)?);
        fcntl(&reader, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
        // more than the system's limit is refused: then it is as large as usual
        let _ = fcntl(&reader, FcntlArg::F_SETPIPE_SZ(PIPE_SIZE));
        objects.name_pipe(number_of(&reader)?, of.object());
        let (file, open) = (reader.into(), true);
        self.captured.push(Captured { file, open, of, drained: 0, attributed: 0, kept: None });
        Ok(writer)
    }

    /// Empties all of them, so that nobody waits for us; `true`: there was something.
    pub fn drain(&mut self) -> bool {
        let mut drained = 0;
        for captured in self.captured.iter_mut().filter(|captured| captured.open) {
            drained += captured.drain(&mut self.buffer);
        }
        drained > 0
    }

    /// Much of what was written lies in the pipes: soon somebody would have to wait.
    pub fn outstanding(&self) -> bool {
        let in_pipe = |one: &Captured| one.attributed.saturating_sub(one.drained);
        self.captured.iter().map(in_pipe).sum::<u64>() > PIPE_SIZE as u64 / 4
    }

    /// Somebody was seen to write so many bytes to an output.
    pub fn attribute(&mut self, output: Stream, bytes: u64) {
        if let Some(captured) = self.captured.iter_mut().find(|one| one.of == output) {
            captured.attributed += bytes;
        }
    }

    /// Bytes that have come, and that nobody was seen to write.
    pub fn unattributed(&mut self) -> u64 {
        self.drain();
        self.captured.iter().map(Captured::unattributed).sum()
    }

    /// The same of one output.
    pub fn unattributed_of(&mut self, output: Stream) -> u64 {
        self.drain();
        self.captured.iter().find(|one| one.of == output).map_or(0, Captured::unattributed)
    }

    /// Somebody is about to write to an output what is not in his memory: what comes through it from now on is kept.
    pub fn keep(&mut self, output: Stream) {
        self.drain();
        if let Some(captured) = self.captured.iter_mut().find(|one| one.of == output) {
            captured.kept.get_or_insert_default();
        }
    }

    /// Somebody has written to an output; `bytes` are those that he is known to have written, of `length`. Gives those that
    /// he has written.
    pub fn take_kept(&mut self, output: Stream, bytes: Vec<u8>, length: usize) -> Vec<u8> {
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
    pub fn forget_kept(&mut self, is_written_unseen: impl Fn(Stream) -> bool) {
        for captured in self.captured.iter_mut().filter(|captured| captured.kept.is_some()) {
            if !is_written_unseen(captured.of) {
                captured.kept = None;
            }
        }
    }
}

impl Captured {
    /// Bytes that have come through it, and that nobody was seen to write.
    fn unattributed(&self) -> u64 {
        self.drained.saturating_sub(self.attributed)
    }

    /// Reads what is there; how many bytes it was.
    fn drain(&mut self, buffer: &mut [u8]) -> u64 {
        let mut drained = 0;
        loop {
            match self.file.read(buffer) {
                Ok(0) => {
                    self.open = false;
                    return drained;
                }
                Ok(length) => {
                    drained += length as u64;
                    self.drained += length as u64;
                    if let Some(kept) = &mut self.kept {
                        kept.extend(&buffer[..length]);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return drained,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const OUT: Stream = Stream { program: 0, errors: false };
    const ERRORS: Stream = Stream { program: 0, errors: true };

    fn outputs() -> (Outputs, File, File) {
        let (mut outputs, mut objects) = (Outputs::new(), Objects::default());
        let out = outputs.capture(OUT, &mut objects).unwrap().into();
        let errors = outputs.capture(ERRORS, &mut objects).unwrap().into();
        (outputs, out, errors)
    }

    #[test]
    fn what_nobody_was_seen_to_write_is_counted() {
        let (mut outputs, mut out, mut errors) = outputs();
        assert!(!outputs.drain());
        out.write_all(b"abc").unwrap();
        errors.write_all(b"de").unwrap();
        assert!(outputs.drain() && !outputs.drain());
        outputs.attribute(OUT, 3);
        assert_eq!(outputs.unattributed(), 2);
        assert_eq!((outputs.unattributed_of(OUT), outputs.unattributed_of(ERRORS)), (0, 2));
        outputs.attribute(OUT, 1 << 20);
        assert_eq!(
            outputs.unattributed(),
            2,
            "more is told of one than has come: that is not the other's"
        );
        assert!(outputs.outstanding(), "told, and not come yet");
    }

    #[test]
    fn bytes_from_no_memory_are_taken_from_what_was_kept() {
        let (mut outputs, mut out, mut errors) = outputs();
        out.write_all(b"before").unwrap();
        assert_eq!(outputs.take_kept(OUT, Vec::new(), 6), b"", "nothing was kept");
        outputs.keep(OUT);
        out.write_all(b"unseen seen").unwrap();
        errors.write_all(b"other").unwrap();
        // another one was seen to write the end meanwhile
        assert_eq!(outputs.take_kept(OUT, b" seen".to_vec(), 5), b" seen");
        assert_eq!(outputs.take_kept(OUT, Vec::new(), 6), b"unseen");
        outputs.forget_kept(|stream| stream == ERRORS);
        assert!(outputs.captured.iter().all(|one| one.kept.is_none()));
    }
}
