//! Where CPython keeps what: bytes from the beginning of each of its structures, on 64-bit machines.
//!
//! Up to 3.12 they are constants, as `offsetof` gives them with the headers of the version
//! (`Include/internal/pycore_*.h`); within a minor version they stay the same. Since 3.13 the interpreter says them
//! itself: `_Py_DebugOffsets`, at the beginning of `_PyRuntime`.

use crate::Memory;

/// From the interpreter's state to the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// In `_PyRuntime`: the first interpreter.
    pub interpreters: u64,
    /// Of an interpreter (`PyInterpreterState`): the next one, and its first thread.
    pub next_interpreter: u64,
    pub threads: u64,
    /// Of a thread (`PyThreadState`): the next one, and what pthread_self(3) gives in it.
    pub next_thread: u64,
    pub pthread: u64,
    /// From a thread to its innermost frame: one pointer or two.
    pub frame: Vec<u64>,
    pub frames: Frames,
    pub code: Code,
    /// How long the head of a text is: of one that is all ASCII, and of another.
    pub text_heads: [u64; 2],
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frames {
    pub code: u64,
    pub outer: u64,
    pub at: At,
    /// Whose it is; since 3.12 there are some that stand for calls from C.
    pub owner: Option<u64>,
}

/// How a frame says which instruction it is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A number (`f_lasti`), here, in units of so many bytes.
    Index(u64, i64),
    /// The instruction's address, here.
    Pointer(u64),
}

/// A code object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub file: u64,
    pub name: u64,
    pub first_line: u64,
    pub lines: u64,
    /// Where its instructions begin, if they are in it.
    pub instructions: u64,
    pub table: Table,
}

/// How the table of a code object's lines is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// `co_lnotab`, up to 3.9.
    Increments,
    /// `co_linetable` of 3.10 (PEP 626).
    Ranges,
    /// `co_linetable` since 3.11 (PEP 657).
    Locations,
}

/// [`Frames::owner`] of one that stands for a call from C (`FRAME_OWNED_BY_CSTACK`).
pub const CALL_FROM_C: u8 = 3;

impl Layout {
    /// Of Python 3.`minor`, whose `_PyRuntime` is at `runtime`; `None`: it was not tried with this version.
    pub fn of(minor: u8, runtime: u64, memory: &dyn Memory) -> Option<Layout> {
        Some(match minor {
            8 | 9 => old(At::Index(104, 1), Table::Increments),
            10 => old(At::Index(96, 2), Table::Ranges),
            11 => Layout {
                threads: 16,
                pthread: 152,
                frame: vec![56, 8],
                frames: Frames { code: 32, outer: 48, at: At::Pointer(56), owner: None },
                code: Code { first_line: 72, ..code(184) },
                text_heads: [48, 72],
                ..new()
            },
            12 => new(),
            13 => by_itself(runtime, memory)?,
            _ => return None,
        })
    }
}

/// Up to 3.10.
fn old(at: At, table: Table) -> Layout {
    let first_line = 40;
    Layout {
        interpreters: 32,
        threads: 8,
        pthread: 176,
        frame: vec![24],
        frames: Frames { code: 32, outer: 24, at, owner: None },
        code: Code { file: 104, name: 112, first_line, lines: 120, instructions: 0, table },
        text_heads: [48, 72],
        ..new()
    }
}

/// 3.12, and what others have in common with it.
fn new() -> Layout {
    Layout {
        interpreters: 40,
        next_interpreter: 0,
        threads: 72,
        next_thread: 8,
        pthread: 136,
        frame: vec![56, 0],
        frames: Frames { code: 0, outer: 8, at: At::Pointer(56), owner: Some(70) },
        code: code(192),
        text_heads: [40, 56],
    }
}

fn code(instructions: u64) -> Code {
    let table = Table::Locations;
    Code { file: 112, name: 120, first_line: 68, lines: 136, instructions, table }
}

/// What the interpreter of 3.13 says itself (`_Py_DebugOffsets` of `pycore_runtime.h`). Nothing for one without the
/// global lock: with that it was not tried.
fn by_itself(runtime: u64, memory: &dyn Memory) -> Option<Layout> {
    const SIZE: usize = 584;
    let bytes = memory.read(runtime, SIZE)?;
    let told = |at: usize| Some(u64::from_ne_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let known = bytes.starts_with(b"xdebugpy") && told(16)? == 0;
    known.then_some(Layout {
        interpreters: told(40)?,
        next_interpreter: told(64)?,
        threads: told(72)?,
        next_thread: told(168)?,
        pthread: told(192)?,
        frame: vec![told(184)?],
        frames: Frames {
            code: told(240)?,
            outer: told(232)?,
            at: At::Pointer(told(248)?),
            owner: Some(told(264)?),
        },
        code: Code {
            file: told(280)?,
            name: told(288)?,
            first_line: told(312)?,
            lines: told(304)?,
            instructions: told(344)?,
            table: Table::Locations,
        },
        text_heads: [40, 56],
    })
}
