//! What people see.
//!
//! | file | task |
//! | --- | --- |
//! | `colours` | how things are coloured |
//! | `human` | the result of a check, for people |
//! | `mistake` | failures that are one mistake |
//! | `brief`, `full` | a mistake on one screen; everything about a scene |
//! | `pieces` | what gives way where not everything fits |
//! | `quote` | a line of a program with a mark below it |
//! | `diff` | what changed in a script |
//! | `json`, `junit` | the same for programs |
//! | `live` | a scene while it plays |
//! | `manual` | a section of the notes on a terminal |
//! | `failure` | a failure of xtask itself |
//! | `evidence` | the facts that a cause rests on |
//! | `explanation` | why programs went wrong of which nothing was expected |
//! | `waiting` | who waits in a standstill, a line for each |
//! | `silence` | what a scene that has become silent waits for |
//! | `progress` | one line on the terminal while a check runs |
//! | `terminal_width` | how wide the terminal is |

mod brief;
mod colours;
pub mod diff;
mod evidence;
pub mod explanation;
mod failure;
pub mod full;
mod hints;
pub mod human;
pub mod json;
pub mod junit;
pub mod live;
pub mod manual;
mod mistake;
mod pieces;
mod progress;
mod quote;
mod silence;
mod terminal_width;
#[cfg(test)]
mod tests;
mod waiting;

use std::time::Duration;

use course::catalog::{Catalog, Part};
use course::page::Heading;
use events::{Event, Kind};

use colours::TERMINALS;
pub use colours::{BAD, FAINT, GOOD, STRONG, paint};
pub use failure::in_words;
pub use human::{Named, ToldOf, first_mistake, first_scene, mistake_on_one_screen};
pub use live::Live;
pub use progress::Progress;
pub use silence::Silence;
pub use terminal_width::terminal_width;

/// What this machine gave to the scenes, and why not more.
#[derive(Debug, Clone, Copy)]
pub struct Machine<'a> {
    /// `Err`: why scenes had no network of their own.
    pub own_network: &'a Result<(), String>,
    /// `Err`: why no program was traced.
    pub tracing: &'a Result<(), String>,
}

/// Where the notes help with a failure: the lesson's page, and the first section that there is with one of the ids.
fn notes<'a>(
    catalog: &'a Catalog,
    part: &Part,
    ids: &[String],
) -> (Option<&'a str>, Option<&'a Heading>) {
    let lesson = catalog.lessons.iter().find(|lesson| lesson.number == part.lesson);
    let heading = ids.iter().find_map(|id| catalog.mistake(id));
    (lesson.and_then(|lesson| lesson.page.as_deref()), heading)
}

/// What is said of a scene that passed only when it played alone.
const REPLAYED: &str =
    "和别的场景一起演时没有演完（超时或机器出错），单独重演一次通过：不是程序的错";

/// The same of one that failed once more.
const REPLAYED_AND_FAILED: &str = "和别的场景一起演时没有演完，单独重演一次，仍然失败";

/// Of a scene that fails only with an unkind kernel.
const HARSH: &str = "平常演通过；刁难地演失败：内核做了手册允许、平常很少做的事";

/// How many lines before and after a mistake are shown, over all terminals.
const CONTEXT: (usize, usize) = (5, 2);

/// The lines around an event, over all terminals: indices into `events`.
fn context_of(events: &[Event], wrong: usize) -> Vec<usize> {
    let is_line = |index: &usize| matches!(events[*index].kind, Kind::Line(_));
    let mut shown: Vec<usize> = (0..wrong).rev().filter(is_line).take(CONTEXT.0).collect();
    shown.reverse();
    shown.push(wrong);
    shown.extend((wrong + 1..events.len()).filter(is_line).take(CONTEXT.1));
    shown
}

fn seconds(time: Duration) -> String {
    format!("{:.2} 秒", time.as_secs_f64())
}
