//! One line on the terminal while a check runs; nothing where nobody watches.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use course::catalog::Part;

use crate::perform::{Onlooker, Performance};

/// How far a check has come.
#[derive(Debug)]
pub struct Progress {
    state: Mutex<State>,
    total: usize,
    shown: bool,
}

#[derive(Debug, Default)]
struct State {
    done: usize,
    failed: usize,
    /// Numbers of the lessons whose scenes play now.
    playing: Vec<String>,
}

impl Progress {
    /// For `total` scenes.
    pub fn new(total: usize) -> Progress {
        let shown = can_be_rewritten();
        Progress { state: Mutex::default(), total, shown }
    }

    /// Removes the line.
    pub fn clear(&self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        let Ok(mut state) = self.state.lock() else { return };
        change(&mut state);
        if !self.shown {
            return;
        }
        let mut playing = state.playing.clone();
        playing.sort();
        playing.dedup();
        let failed = match state.failed {
            0 => String::new(),
            failed => format!("，失败 {failed}"),
        };
        let playing = match playing.join(" ") {
            // between two scenes nobody plays
            none if none.is_empty() => none,
            playing => format!("；正在演第 {playing} 课"),
        };
        let line = format!("已完成 {}/{}{failed}{playing}", state.done, self.total);
        // to the start of the line, the text, clear the rest of the line
        let _ = write!(std::io::stderr(), "\r{line}\x1b[K");
    }
}

/// Somebody watches standard error, on a terminal that knows control codes (`TERM=dumb`: it does not, see term(7)).
fn can_be_rewritten() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

impl Onlooker for Progress {
    fn begin(&self, part: &Part) {
        self.update(|state| state.playing.push(part.lesson.clone()));
    }

    fn end(&self, part: &Part, performance: &Performance) {
        self.update(|state| {
            state.done += 1;
            state.failed += usize::from(performance.failed());
            if let Some(index) = state.playing.iter().position(|number| *number == part.lesson) {
                state.playing.remove(index);
            }
        });
    }
}
