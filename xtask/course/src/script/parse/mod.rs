//! From a script's spelling to its meaning; every mistake has a line, a column and a remedy.
//!
//! | file | task |
//! | --- | --- |
//! | `directive` | lines that begin with a word of their own: scenes, times, files |
//! | `terminal` | lines about a terminal or a lane |
//! | `partner` | what a partner (对手) does |
//! | `operand` | addresses, ends, signals, counts, paths |
//! | `pattern` | a text with names, gaps and a counter |
//! | `error` | what a mistake looks like |

mod directive;
mod error;
mod operand;
mod partner;
mod pattern;
mod terminal;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use text::near;

use super::choice;
use super::spelling::{Form, Line, Spelling};
use super::words::{Directive, Moment};
use super::{Compared, Prepared, Scene, Script};

pub use error::ParseError;

/// Parses a whole script; of what may be chosen, the first is.
///
/// # Errors
/// The first mistake in it.
pub fn parse(text: &str) -> Result<Script, ParseError> {
    parse_varied(text, 0)
}

/// The same with other choices (`任选`).
///
/// # Errors
/// The first mistake in it.
pub fn parse_varied(text: &str, seed: u64) -> Result<Script, ParseError> {
    let text = choice::made(text, seed);
    let spelling = Spelling::of(&text);
    let mut parser =
        Parser { lines: &spelling.lines, scenes: Vec::new(), section: 0, names: BTreeMap::new() };
    for line in &spelling.lines {
        parser.line(line)?;
    }
    let scenes = parser.finish()?;
    let source = spelling.lines.iter().map(|line| line.text.to_owned()).collect();
    Ok(Script { source, scenes })
}

/// What the lines read so far have said.
struct Parser<'a> {
    /// The whole script.
    lines: &'a [Line<'a>],
    scenes: Vec<Scene>,
    /// Dividers seen in this scene.
    section: usize,
    /// Names of this scene, and whether each stands for digits only.
    names: BTreeMap<String, bool>,
}

impl Parser<'_> {
    fn line(&mut self, line: &Line) -> Result<(), ParseError> {
        if self.scenes.is_empty() {
            check_begun(line)?;
        }
        match &line.form {
            Form::Comment(_) => Ok(()),
            Form::Divider(_, words) => {
                self.section += 1;
                line.nothing_after(words, 0)
            }
            Form::Directive(directive, _, words) => match directive {
                Directive::Heading { check_only } => self.heading(line, words, *check_only),
                Directive::Limit => self.limit(line, words),
                Directive::RealTime => {
                    self.scene().real_time = true;
                    line.nothing_after(words, 0)
                }
                Directive::MayHide => {
                    self.scene().may_hide = true;
                    line.nothing_after(words, 0)
                }
                Directive::Interface => self.interface(line, words),
                Directive::Distinct => self.distinct(line, words),
                Directive::Choice => self.choice(line, words),
                Directive::File(moment) => self.file_without_content(line, *moment, words),
            },
            Form::File(file) => match file.moment {
                Moment::Before => self.prepare(line, file),
                Moment::After => self.compare(line, file),
            },
            Form::Stage(stage) => self.stage(line, stage),
        }
    }

    /// The scene that the lines are about.
    fn scene(&mut self) -> &mut Scene {
        self.scenes.last_mut().expect("line() has checked that a scene has begun")
    }

    /// A scene is over: is it complete?
    fn finish_scene(&mut self) -> Result<(), ParseError> {
        let Some(scene) = self.scenes.last_mut() else { return Ok(()) };
        if scene.terminals.is_empty() {
            return Err(self.lines[scene.line - 1].error(
                0,
                format!("场景「{}」没有启动任何程序", scene.title),
                "加上一行，例如「主 $ lesson-05-single-task」",
            ));
        }
        // a file that nothing is said about must stay as it was
        for Prepared { line, path, content } in &scene.prepared {
            if !scene.compared.iter().any(|other| other.path == *path) {
                let (line, path, content) = (*line, path.clone(), Some(content.clone()));
                scene.compared.push(Compared { line, path, content });
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Scene>, ParseError> {
        self.finish_scene()?;
        if self.scenes.is_empty() {
            return Err(Line::of(self.lines.len().max(1), "").error(
                0,
                "剧本里没有场景",
                "写一行「场景 这一幕的名字」，下面是程序和它们的输出",
            ));
        }
        Ok(self.scenes)
    }
}

/// The first line of a script that says anything begins a scene.
fn check_begun(line: &Line) -> Result<(), ParseError> {
    let word = match &line.form {
        Form::Comment(_) | Form::Directive(Directive::Heading { .. }, ..) => return Ok(()),
        Form::Divider(word, _) | Form::Directive(_, word, _) => word,
        Form::File(file) => &file.directive,
        Form::Stage(stage) => &stage.name,
    };
    let help = match near(word.text, ["场景", "检查"]) {
        _ if word.text.starts_with("场景") => "「场景」和名字之间要有空格，不要冒号".to_owned(),
        Some(near) => format!("是不是「{near}」？"),
        None => "先写一行「场景 这一幕的名字」".to_owned(),
    };
    Err(line.error(word.at, "场景还没有开始", help))
}
