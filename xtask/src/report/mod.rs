//! What people see.
//!
//! | file | task |
//! | --- | --- |
//! | `human` | the result of a check, for people |
//! | `diff` | what changed in a script |
//! | `json`, `junit` | the same for programs |
//! | `live` | a scene while it plays |
//! | `progress` | one line on the terminal while a check runs |
//! | `terminal` | how wide the terminal is |

pub mod diff;
pub mod human;
pub mod json;
pub mod junit;
mod live;
mod progress;
mod terminal;

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::judge::{Unchecked, Verdict};
use crate::observe::{Event, Kind};
use crate::script::Scene;

pub use live::Live;
pub use progress::Progress;
pub use terminal::terminal_width;

/// A scene that was played and judged.
#[derive(Debug)]
pub struct Outcome {
    /// As it was played.
    pub scene: Scene,
    /// What happened.
    pub events: Vec<Event>,
    /// What the judge says of it.
    pub verdict: Verdict,
    /// How long it took.
    pub time: Duration,
    /// Among others it ran out of time or the machine failed it; this is its second result, alone.
    pub replayed: bool,
    /// The scene could not be played at all: a fault of the machine, in Chinese.
    pub fault: Option<String>,
    /// The scene was not played, because it needs what this machine does not have (in Chinese). Then it has neither
    /// passed nor failed, and its verdict names it as not checked.
    pub not_played: Option<String>,
}

impl Outcome {
    /// Of a scene that cannot be played here, for the reason `why`.
    pub fn not_played(scene: Scene, why: String) -> Outcome {
        let line = scene.interface.map_or(scene.line, |interface| interface.line);
        let unchecked = vec![Unchecked { line, what: format!("整个场景：{why}") }];
        Outcome {
            scene,
            events: Vec::new(),
            verdict: Verdict { failures: Vec::new(), unchecked },
            time: Duration::ZERO,
            replayed: false,
            fault: None,
            not_played: Some(why),
        }
    }

    /// It was played, and everything that could be checked holds.
    pub fn passed(&self) -> bool {
        self.not_played.is_none() && self.fault.is_none() && self.verdict.passed()
    }

    /// It was played, or should have been, and something was wrong.
    pub fn failed(&self) -> bool {
        self.not_played.is_none() && !self.passed()
    }
}

/// What is said of a scene that passed only when it played alone.
const REPLAYED: &str =
    "和别的场景一起演时没有演完（超时或机器出错），单独重演一次通过：不是程序的错";

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

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();
/// One per terminal of a scene, again from the start when there are more.
const TERMINALS: [Style; 6] = [
    AnsiColor::Cyan.on_default(),
    AnsiColor::Yellow.on_default(),
    AnsiColor::Magenta.on_default(),
    AnsiColor::Green.on_default(),
    AnsiColor::Blue.on_default(),
    AnsiColor::Red.on_default(),
];

/// `text` in `style`.
fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// How many terminal cells a text takes: a Chinese character takes two.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text`, filled with spaces up to `cells`.
pub fn pad(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(width(text))))
}

/// Shows control characters instead of obeying them: a program must not repaint the report.
pub fn harmless(text: &str) -> String {
    const LONGEST: usize = 2_000;
    let mut shown = String::with_capacity(text.len());
    for (index, c) in text.chars().enumerate() {
        if index == LONGEST {
            shown.push_str(&format!("……（这一行共 {} 个字符）", text.chars().count()));
            break;
        }
        match c {
            '\t' => shown.push('\t'),
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

fn seconds(time: Duration) -> String {
    format!("{:.2} 秒", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_aligned_by_cells() {
        assert_eq!(pad("主", 4), "主  ");
        assert_eq!(width("服务器端/p1"), 11);
        assert_eq!(pad("太长了", 2), "太长了");
    }

    #[test]
    fn a_program_cannot_repaint_the_report() {
        assert_eq!(harmless("\u{1b}[2J清\r屏"), "\\u{1b}[2J清\\r屏");
        assert!(harmless(&"长".repeat(5_000)).ends_with("5000 个字符）"));
    }
}
