//! Where the threads of a Python program are: function, file and line of each frame, read from CPython's own memory.
//!
//! Nothing is asked of the program, and nothing is done to it: whoever may read its memory gives a [`Memory`]. Its threads
//! should stand still meanwhile. Every object that is followed must be of the type that it should be, or nothing is said; nor
//! is anything said of a version that was not tried ([`TRIED`]).
//!
//! | file | task |
//! | --- | --- |
//! | this file | how it is asked, and what it answers |
//! | `interpreter` | finds the interpreter in a process, and its version |
//! | `layout` | where that version keeps what |
//! | `walk` | from the interpreter to its threads and their frames |
//! | `position` | from an instruction to its line |
//! | `threads` | which thread of the kernel one of Python's is |
//! | `owner` | which files are the program's own, and what they are called |
//! | `excerpt` | the lines of a function |

mod excerpt;
mod interpreter;
mod layout;
mod owner;
mod position;
#[cfg(all(test, target_os = "linux"))]
mod tests;
mod threads;
mod walk;

use std::ops::RangeInclusive;

pub use excerpt::excerpt;
pub use interpreter::{Interpreters, Unknown};

use events::Frame;

/// The minor versions of Python 3 with which this was tried.
pub const TRIED: RangeInclusive<u8> = 8..=13;

/// The memory of a process.
pub trait Memory {
    /// So many bytes from this address on; `None`: they are not all there.
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>>;
}

/// Where a thread is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// The thread.
    pub tid: i32,
    /// Its frames, the innermost first; of very many the innermost.
    pub frames: Vec<Frame>,
}
