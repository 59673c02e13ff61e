//! What is played: the scenes of all scripts, and what keeps others from being played.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};

use text::near;

use crate::script::{self, Action, Content, PARTNER, ParseError, Scene, Script};
use crate::unwritten;

use super::folder::is_lesson;
use super::trouble::{FOLDER, PAGE, SCRIPT, Trouble};
use super::{Catalog, Lesson, Package, Part, UsageError};

/// The scenes to be played, and what is wrong with lessons so that others cannot be.
#[derive(Debug)]
pub struct Playbill {
    /// In the order of the lessons.
    pub parts: Vec<Part>,
    /// In the order of the lessons.
    pub troubles: Vec<Trouble>,
}

impl Playbill {
    /// The scenes, where nothing may be wrong but the notes: they are written from what is seen and drawn.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn sound(mut self) -> Result<Vec<Part>> {
        self.troubles.retain(|trouble| trouble.title != PAGE);
        if self.troubles.is_empty() {
            return Ok(self.parts);
        }
        let reasons: Vec<String> = self.troubles.iter().map(Trouble::to_string).collect();
        bail!("这些课有错\n{}", reasons.join("\n"))
    }
}

impl Catalog {
    /// The scenes that `targets` name: numbers or packages; none: all. A package's scenes are those that
    /// play it, whichever script they stand in.
    ///
    /// # Errors
    /// An unknown target, with the nearest known one.
    pub fn playbill(&self, targets: &[String]) -> Result<Playbill, UsageError> {
        let targets = self.known(targets)?;
        let mut troubles = self.troubles.clone();
        let mut parts = self.parts(&mut troubles);
        if !targets.is_empty() {
            let names = |part: &Part, target: &String| {
                part.lesson == *target || part.scene.packages().any(|name| name == target)
            };
            parts.retain(|part| targets.iter().any(|target| names(part, target)));
            troubles.retain(|trouble| trouble.concerns(&targets));
        }
        troubles.sort_by(|one, other| one.lesson.cmp(&other.lesson));
        Ok(Playbill { parts, troubles })
    }

    /// The same targets, each in full.
    ///
    /// # Errors
    /// An unknown target, with the nearest known one.
    pub fn known(&self, targets: &[String]) -> Result<Vec<String>, UsageError> {
        let targets: Vec<String> = targets.iter().map(|target| in_full(target)).collect();
        for target in &targets {
            let number = |lesson: &Lesson| lesson.number == *target;
            if self.lessons.iter().any(number)
                || self.packages().any(|one| one.name == *target)
                || self.troubles.iter().any(|one| one.concerns(std::slice::from_ref(target)))
            {
                continue;
            }
            let known = self
                .lessons
                .iter()
                .map(|lesson| lesson.number.as_str())
                .chain(self.packages().map(|package| package.name.as_str()));
            let hint = near(target, known).map_or_else(
                || "，cargo xtask list 列出所有的课".to_owned(),
                |near| format!("，最接近的是 {near}；cargo xtask list 列出所有的课"),
            );
            let misnamed = self.misnamed();
            return Err(UsageError(format!("没有「{target}」这一课{hint}{misnamed}")));
        }
        Ok(targets)
    }

    /// What to say of a folder whose name is none of a lesson's: it may be the one that is looked for.
    fn misnamed(&self) -> String {
        let is_misnamed = |one: &&Trouble| one.title == FOLDER && !is_lesson(&one.lesson);
        self.troubles.iter().find(is_misnamed).map_or_else(
            String::new,
            |Trouble { lesson, .. }| {
                format!("\nlessons/{lesson} 的名字不是课的：cargo xtask check {lesson} 说为什么")
            },
        )
    }

    /// All scenes of all scripts, in order; scripts with a mistake and packages that none plays are added to `troubles`.
    fn parts(&self, troubles: &mut Vec<Trouble>) -> Vec<Part> {
        let mut parts = Vec::new();
        for lesson in &self.lessons {
            for package in &lesson.packages {
                let path = package.folder.join("script.txt");
                if !path.exists() {
                    continue;
                }
                let shown = path.strip_prefix(&self.root).unwrap_or(&path).to_owned();
                match self.read_script(&path) {
                    Ok(script) => {
                        let source = Arc::new(script.source);
                        parts.extend(script.scenes.into_iter().map(|scene| Part {
                            lesson: lesson.number.clone(),
                            exercise: None,
                            script: shown.clone(),
                            source: source.clone(),
                            scene,
                        }));
                    }
                    Err(Mistake { line, reason, named }) => troubles.push(Trouble {
                        lesson: lesson.number.clone(),
                        packages: self.in_words(&named, package),
                        title: SCRIPT,
                        reason: format!("{}：{reason}", shown.display()),
                        path: shown,
                        line,
                    }),
                }
            }
        }
        for lesson in &self.lessons {
            let unplayed = lesson.packages.iter().filter(|package| {
                let plays = |part: &Part| part.scene.packages().any(|name| name == package.name);
                let may_play =
                    |one: &Trouble| one.title == SCRIPT && one.packages.contains(&package.name);
                !parts.iter().any(plays) && !troubles.iter().any(may_play)
            });
            let found: Vec<Trouble> =
                unplayed.map(|package| self.unplayed(lesson, package)).collect();
            troubles.extend(found);
        }
        parts
    }

    fn unplayed(&self, lesson: &Lesson, package: &Package) -> Trouble {
        let path = package.folder.strip_prefix(&self.root).unwrap_or(&package.folder);
        Trouble {
            lesson: lesson.number.clone(),
            packages: vec![package.name.clone()],
            title: SCRIPT,
            path: path.join("script.txt"),
            line: 1,
            reason: format!(
                "没有一个剧本演到 {}：在它的文件夹（或和它搭档的服务器端的文件夹）里写一个 script.txt，写法见 docs/script.md",
                package.name
            ),
        }
    }

    /// The packages that a script which cannot be understood may play: its own, and those that it names.
    fn in_words(&self, text: &str, own: &Package) -> Vec<String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let named =
            |package: &&Package| package.name == own.name || words.contains(&package.name.as_str());
        self.packages().filter(named).map(|package| package.name.clone()).collect()
    }

    fn read_script(&self, path: &Path) -> Result<Script, Mistake> {
        let text = text_of(path)?;
        let wrong = |error: ParseError| Mistake {
            line: error.line,
            reason: error.to_string(),
            named: text.clone(),
        };
        let script = script::parse(&text).map_err(wrong)?;
        if let Some(first) = unwritten::places(&text).first() {
            let reason = unwritten::in_words(&text).unwrap_or_default();
            return Err(Mistake { line: first.line, reason, named: text });
        }
        for scene in &script.scenes {
            self.check_packages(&script, scene).map_err(wrong)?;
            let prepared = scene.prepared.iter().map(|file| (file.line, Some(&file.content)));
            let compared = scene.compared.iter().map(|file| (file.line, file.content.as_ref()));
            for (line, content) in prepared.chain(compared) {
                let Some(Content::Lesson(path)) = content else { continue };
                if !self.root.join("lessons").join(path).is_file() {
                    let help =
                        "路径从 lessons/ 算起，例如 课程:04-upload-client/tongue-twister.txt";
                    return Err(wrong(mistake(&script, line, path, "课程里没有这个文件", help)));
                }
            }
        }
        Ok(script)
    }

    fn check_packages(&self, script: &Script, scene: &Scene) -> Result<(), ParseError> {
        for step in &scene.directions {
            let Action::Start { package, .. } = &step.action else { continue };
            if package == PARTNER || self.packages().any(|known| known.name == *package) {
                continue;
            }
            let broken = self.troubles.iter().find(|trouble| trouble.packages.contains(package));
            let known = self.packages().map(|package| package.name.as_str());
            let help = match (broken, near(package, known)) {
                (Some(trouble), _) => format!("先改好它：{trouble}"),
                (None, Some(near)) => format!("是不是 {near}？"),
                (None, None) => "cargo xtask list 列出所有的程序".to_owned(),
            };
            let message = format!("没有叫 {package} 的程序");
            return Err(mistake(script, step.line, package, &message, &help));
        }
        Ok(())
    }
}

/// What is wrong with a script.
struct Mistake {
    /// Line, from 1.
    line: usize,
    /// Why, in Chinese.
    reason: String,
    /// Its text, as far as it is one.
    named: String,
}

/// The text of a script.
///
/// # Errors
/// It has none.
fn text_of(path: &Path) -> Result<String, Mistake> {
    let wrong = |line, reason: String| Mistake { line, reason, named: String::new() };
    let metadata = fs::metadata(path).map_err(|error| wrong(1, format!("读不了剧本：{error}")))?;
    if !metadata.is_file() {
        return Err(wrong(1, "不是一个文件，剧本是一个文本文件".to_owned()));
    }
    let most = limits::SCRIPT;
    if metadata.len() > most {
        let reason = format!("有 {} 字节，剧本至多 {most} 字节", metadata.len());
        return Err(wrong(1, reason));
    }
    let bytes = fs::read(path).map_err(|error| wrong(1, format!("读不了剧本：{error}")))?;
    let line_of = |at: usize| bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let line = line_of(at);
        let reason = format!("第 {line} 行里有 0 字节，这不是文本：剧本是 UTF-8 的文本文件");
        return Err(wrong(line, reason));
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let line = line_of(error.valid_up_to());
            Err(wrong(line, format!("第 {line} 行不是 UTF-8 文本：用编辑器另存为 UTF-8")))
        }
    }
}

/// `4` means `04`.
fn in_full(target: &str) -> String {
    match target.as_bytes() {
        [digit] if digit.is_ascii_digit() => format!("0{target}"),
        _ => target.to_owned(),
    }
}

/// A mistake in a script that only the catalog can see; it stands where `word` does in the line.
fn mistake(script: &Script, line: usize, word: &str, message: &str, help: &str) -> ParseError {
    let source = script.source[line - 1].clone();
    let before = source.find(word).map_or(0, |at| source[..at].chars().count());
    let (message, help) = (message.to_owned(), help.to_owned());
    ParseError { line, column: before + 1, message, help, source }
}
