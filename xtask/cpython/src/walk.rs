//! From the interpreter to its threads, their frames, and what those carry out.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::Memory;
use crate::layout::{At, CALL_FROM_C, Layout};
use crate::position;

/// There are never more interpreters in a process than this, or threads in one.
const MOST_INTERPRETERS: usize = 256;
const MOST_THREADS: usize = 1 << 14;
/// Frames that are read of a thread: the innermost.
const MOST_FRAMES: usize = 64;
/// No name, and no table of lines, is longer.
const MOST_TEXT: u64 = 1 << 12;
const MOST_TABLE: u64 = 1 << 20;

/// Where the type of an object is, in every object; where a text's or table's length and a text's form are.
const TYPE: u64 = 8;
const LENGTH: u64 = 16;
const FORM: u64 = 32;
/// Where the bytes of a `bytes` are.
const BYTES: u64 = 32;

/// The addresses of three types: what is followed must be of one of them.
#[derive(Debug, Clone, Copy)]
pub struct Types {
    pub code: u64,
    pub text: u64,
    pub bytes: u64,
}

/// A thread (`PyThreadState`).
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// Its innermost frame.
    frame: u64,
    /// Which thread of the C library it is.
    pub pthread: u64,
}

/// What is needed to read an interpreter.
pub struct Walk<'a> {
    pub memory: &'a dyn Memory,
    pub layout: &'a Layout,
    pub types: Types,
}

/// A code object.
#[derive(Debug)]
pub struct Code {
    function: String,
    file: String,
    first_line: i32,
    table: Vec<u8>,
}

/// A frame, as the interpreter has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Raw {
    /// The function's name.
    pub function: String,
    /// Its file, as the interpreter was given it.
    pub file: String,
    /// Where it begins: at the first of its decorators.
    pub first_line: i32,
    /// Where it is; some instructions have no line.
    pub line: Option<u32>,
}

impl Walk<'_> {
    /// All threads of all interpreters.
    pub fn threads(&self, runtime: u64) -> Option<Vec<State>> {
        let layout = self.layout;
        let mut found = Vec::new();
        let mut interpreter = self.word(runtime, layout.interpreters)?;
        for _ in 0..MOST_INTERPRETERS {
            if interpreter == 0 {
                break;
            }
            let mut thread = self.word(interpreter, layout.threads)?;
            while thread != 0 && found.len() < MOST_THREADS {
                let frame = layout.frame.iter().try_fold(thread, |at, next| match at {
                    0 => Some(0),
                    at => self.word(at, *next),
                })?;
                found.push(State { frame, pthread: self.word(thread, layout.pthread)? });
                thread = self.word(thread, layout.next_thread)?;
            }
            interpreter = self.word(interpreter, layout.next_interpreter)?;
        }
        Some(found)
    }

    /// The frames of a thread, the innermost first; `None`: one of them is not what it should be. `known` is what other
    /// threads have had to do with.
    pub fn frames(&self, state: State, known: &mut HashMap<u64, Code>) -> Option<Vec<Raw>> {
        let mut found = Vec::new();
        let mut at = state.frame;
        while at != 0 && found.len() < MOST_FRAMES {
            if !self.is_call_from_c(at)? {
                let address = self.word(at, self.layout.frames.code)?;
                let code = match known.entry(address) {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => entry.insert(self.code(address)?),
                };
                found.push(self.frame(at, address, code)?);
            }
            at = self.word(at, self.layout.frames.outer)?;
        }
        Some(found)
    }

    fn is_call_from_c(&self, frame: u64) -> Option<bool> {
        let Some(owner) = self.layout.frames.owner else { return Some(false) };
        Some(self.memory.read(frame.wrapping_add(owner), 1)? == [CALL_FROM_C])
    }

    /// The frame at an address, which carries out the code object at another.
    fn frame(&self, at: u64, address: u64, code: &Code) -> Option<Raw> {
        // in bytes from the beginning of its instructions; before it has begun it is less
        let instruction = match self.layout.frames.at {
            At::Index(place, unit) => i64::from(self.int(at, place)?) * unit,
            At::Pointer(place) => {
                let begin = address.wrapping_add(self.layout.code.instructions);
                self.word(at, place)?.wrapping_sub(begin) as i64
            }
        };
        let first = code.first_line;
        let line = position::line(self.layout.code.table, &code.table, first, instruction);
        let Code { function, file, .. } = code;
        Some(Raw { function: function.clone(), file: file.clone(), first_line: first, line })
    }

    fn code(&self, address: u64) -> Option<Code> {
        let layout = &self.layout.code;
        if self.word(address, TYPE)? != self.types.code {
            return None;
        }
        Some(Code {
            function: self.text(self.word(address, layout.name)?)?,
            file: self.text(self.word(address, layout.file)?)?,
            first_line: self.int(address, layout.first_line)?,
            table: self.bytes(self.word(address, layout.lines)?)?,
        })
    }

    /// A `str`.
    fn text(&self, address: u64) -> Option<String> {
        let [ascii_head, other_head] = self.layout.text_heads;
        if self.word(address, TYPE)? != self.types.text {
            return None;
        }
        let length = self.word(address, LENGTH)?;
        // interned: 2 bits, kind: 3, compact: 1, ascii: 1
        let form = self.int(address, FORM)?;
        let (kind, compact, ascii) = (form >> 2 & 7, form & 1 << 5 != 0, form & 1 << 6 != 0);
        if length > MOST_TEXT || !compact {
            return None;
        }
        let head = if ascii { ascii_head } else { other_head };
        let size = usize::try_from(kind).ok().filter(|kind| [1, 2, 4].contains(kind))?;
        let bytes = self.memory.read(address.wrapping_add(head), length as usize * size)?;
        let one = |bytes: &[u8]| {
            let mut word = [0; 4];
            word[..size].copy_from_slice(bytes);
            char::from_u32(u32::from_le_bytes(word)).unwrap_or(char::REPLACEMENT_CHARACTER)
        };
        Some(bytes.chunks_exact(size).map(one).collect())
    }

    /// A `bytes`.
    fn bytes(&self, address: u64) -> Option<Vec<u8>> {
        if self.word(address, TYPE)? != self.types.bytes {
            return None;
        }
        let length = self.word(address, LENGTH)?;
        if length > MOST_TABLE {
            return None;
        }
        self.memory.read(address.wrapping_add(BYTES), length as usize)
    }

    /// What is so many bytes further than an address, wherever that may lead.
    fn word(&self, address: u64, further: u64) -> Option<u64> {
        let bytes = self.memory.read(address.wrapping_add(further), 8)?;
        Some(u64::from_ne_bytes(bytes.try_into().ok()?))
    }

    fn int(&self, address: u64, further: u64) -> Option<i32> {
        let bytes = self.memory.read(address.wrapping_add(further), 4)?;
        Some(i32::from_ne_bytes(bytes.try_into().ok()?))
    }
}
