//! The course's runner, as a library: `main.rs` is the command line, `tests/` play scenes of their own.
//!
//! Data flows one way: [`course`] (what lessons there are, what each should show) -> [`stage`] (plays it, in a helper
//! process) -> [`events`] (what happened) -> [`judge`] (events against script) -> [`diagnose`] (why it went wrong) ->
//! [`report`] (for people) and [`draw`] (pictures of traced scenes). All but [`report`] are crates of their own: what may
//! not know of what does not compile. [`perform`] puts the first five together, [`practice`] does so for a student's own files, [`grade`] for those of
//! a class, with a [`compiler`] that is contained as programs are, [`commands`] are what can be typed.
//! [`bless`] goes back, from events to the script. [`bench`](mod@bench), [`doctor`], [`book`] and [`scaffold`] stand apart:
//! one measures, one looks at the machine, one makes the notes a book, one begins new lessons and exercises; none judges.

pub mod bench;
pub mod cargo;
pub mod cli;
pub mod commands;
pub mod compiler;
pub mod doctor;
pub mod grade;
mod memory_files;
pub mod perform;
pub mod practice;
pub mod report;
pub mod scaffold;
mod which;
