//! The course's runner, as a library: `main.rs` is the command line, `tests/` play scenes of their own.
//!
//! Data flows one way: [`catalog`] (what lessons there are) -> [`script`] (what each should show) -> [`stage`] and
//! [`observe`] (play it, in a [`helper`] process; [`play`] is this side of it) -> [`judge`] (events against script) ->
//! [`diagnose`] (why it went wrong) -> [`report`] (for people) and [`draw`] (pictures of traced scenes). [`commands`] puts them together. [`bless`] goes back,
//! from events to the script. [`bench`], [`doctor`] and [`book`] stand apart: one measures, one looks at the machine, one
//! makes the notes a book; none judges.

pub mod bench;
pub mod bless;
pub mod book;
pub mod cargo;
pub mod catalog;
pub mod cli;
pub mod commands;
pub mod diagnose;
pub mod doctor;
pub mod draw;
pub mod helper;
pub mod judge;
pub mod observe;
pub mod play;
pub mod report;
pub mod script;
pub mod stage;
