//! The course's runner, as a library: `main.rs` is the command line, `tests/` play scenes of their own.
//!
//! Data flows one way: [`catalog`] (what lessons there are) -> [`script`] (what each should show) -> [`stage`] and
//! [`observe`] (play it, in a [`helper`] process; [`play`] is this side of it) -> [`judge`] (events against script) ->
//! [`diagnose`] (why it went wrong) -> [`report`] (for people) and [`draw`] (pictures of traced scenes). [`commands`] puts them together. [`bless`] goes back,
//! from events to the script. [`bench`], [`doctor`] and [`book`] stand apart: one measures, one looks at the machine, one
//! makes the notes a book; none judges.

pub mod bench;
pub mod cargo;
pub mod cli;
pub mod commands;
pub mod doctor;
mod memory_files;
pub mod report;
mod which;
