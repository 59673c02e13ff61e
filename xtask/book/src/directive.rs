//! Pieces of programs and scripts that stand in a page: a comment says what is copied, the code block below is the copy.
//! Whoever reads the page without mdBook, in an editor or on a code host, sees the code all the same.
//!
//! | comment | what is below it |
//! | --- | --- |
//! | `<!-- #steps 04-upload-server ⑤ -->` | that step of the program, `①-③`: those steps |
//! | `<!-- #script 04-upload-server -->` | its script |
//! | `<!-- #script 04-upload-server 上传绕口令 -->` | one scene of it |
//! | `<!-- #include ../lessons/…/main.rs -->` | a file |
//! | `<!-- #exercises 04 -->` | what to type for each exercise of that lesson |
//! | `<!-- #exercises -->` | a line for each exercise of the course |
//! | `<!-- #answers -->` | for teachers: where each exercise's solutions are, and which mistakes its wrong programs make |
//!
//! Only a line of its own is a directive; in the middle of a sentence it is a mention. `cargo xtask notes` writes the
//! copies, [`check`](crate::check) compares them, and the book always has them new.

use std::fs;
use std::ops::{Range, RangeInclusive};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use course::script;
use course::steps::number;

use super::excerpt::excerpt;
use super::exercises;

/// What a line stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Directive<'a> {
    /// Steps of `lessons/FOLDER/src/main.rs`.
    Steps { folder: &'a str, steps: RangeInclusive<usize> },
    /// `lessons/FOLDER/script.txt`, or one scene of it.
    Script { folder: &'a str, scene: Option<&'a str> },
    /// A file, relative to the page.
    Include { path: &'a str },
    /// The exercises of a lesson; `None`: of all.
    Exercises { lesson: Option<&'a str> },
    /// The solutions of all exercises, and what their wrong programs are named by.
    Answers,
}

impl<'a> Directive<'a> {
    /// The directive that a line is.
    ///
    /// # Errors
    /// It looks like one of ours and is none.
    pub fn of(line: &'a str) -> Option<Result<Directive<'a>>> {
        let inner = line.trim().strip_prefix("<!-- #")?.strip_suffix("-->")?.trim();
        let (name, rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        let rest = rest.trim();
        let (folder, detail) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let detail = detail.trim();
        match name {
            "steps" => Some(range(detail).map(|steps| Directive::Steps { folder, steps })),
            "script" => {
                let scene = Some(detail).filter(|detail| !detail.is_empty());
                Some(Ok(Directive::Script { folder, scene }))
            }
            "include" => Some(Ok(Directive::Include { path: rest })),
            "exercises" => {
                let lesson = Some(rest).filter(|rest| !rest.is_empty());
                Some(Ok(Directive::Exercises { lesson }))
            }
            "answers" if rest.is_empty() => Some(Ok(Directive::Answers)),
            "answers" => Some(Err(anyhow!("#answers 后面不写什么，它说的是全部练习"))),
            _ => Some(Err(anyhow!(
                "没有「#{name}」这种写法，可以写 #steps、#script、#include、#exercises、#answers"
            ))),
        }
    }

    /// The text that it stands for, without a newline at its end.
    ///
    /// # Errors
    /// There is no such folder, step, scene or file; or the text cannot stand in a code block.
    pub fn text(&self, root: &Path, page: &Path) -> Result<String> {
        let text = match self {
            Directive::Steps { folder, steps } => {
                let source = read(root, folder, "src/main.rs")?;
                let excerpt = excerpt(&source, *steps.start(), *steps.end());
                excerpt.with_context(|| format!("lessons/{folder}/src/main.rs"))?
            }
            Directive::Script { folder, scene } => {
                let source = read(root, folder, "script.txt")?;
                match scene {
                    None => source.trim_end().to_owned(),
                    Some(scene) => scene_text(&source, scene)
                        .with_context(|| format!("lessons/{folder}/script.txt"))?,
                }
            }
            Directive::Exercises { lesson: Some(lesson) } => exercises::of_lesson(root, lesson)?,
            Directive::Exercises { lesson: None } => exercises::table(root)?,
            Directive::Answers => exercises::answers(root)?,
            Directive::Include { path } => {
                let file = page.parent().unwrap_or(root).join(path);
                let text = fs::read_to_string(file).map_err(|_| {
                    anyhow!("没有 {path} 这个文本文件（路径从这一页所在的文件夹算起）")
                })?;
                text.trim_end().to_owned()
            }
        };
        if text.lines().any(is_fence) {
            bail!("这一段里有 {FENCE} 开头的行，放不进代码块");
        }
        Ok(text)
    }

    /// How a code block begins that has none yet.
    fn fence(&self) -> String {
        let rust = match self {
            Directive::Steps { .. } => true,
            Directive::Script { .. } | Directive::Exercises { .. } | Directive::Answers => false,
            Directive::Include { path } => path.ends_with(".rs"),
        };
        format!("{FENCE}{}", if rust { "rust,ignore" } else { "text" })
    }
}

/// Begins and ends a code block.
const FENCE: &str = "```";

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with(FENCE)
}

/// `①` or `①-③`.
fn range(text: &str) -> Result<RangeInclusive<usize>> {
    let one = |text: &str| {
        let mut chars = text.trim().chars();
        chars.next().and_then(number).filter(|_| chars.next().is_none())
    };
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (one(from), one(to)) {
        (Some(from), Some(to)) => Ok(from..=to),
        _ => bail!("「{text}」不是步骤：写 ① 或 ①-③"),
    }
}

fn read(root: &Path, folder: &str, file: &str) -> Result<String> {
    let lessons = root.join("lessons");
    if folder.is_empty() || !lessons.join(folder).is_dir() {
        let folders = fs::read_dir(&lessons).into_iter().flatten().flatten();
        let names: Vec<String> =
            folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        let near = text::near(folder, names.iter().map(String::as_str));
        let help = near.map_or_else(String::new, |near| format!("，是不是 {near}？"));
        bail!("lessons/ 里没有文件夹「{folder}」{help}");
    }
    let path = lessons.join(folder).join(file);
    fs::read_to_string(path).with_context(|| format!("读不了 lessons/{folder}/{file}"))
}

/// The lines of one scene, from its heading to the line before the next one's comments.
fn scene_text(source: &str, title: &str) -> Result<String> {
    let script = script::parse(source)?;
    let at = script.scenes.iter().position(|scene| scene.title == title);
    let Some(at) = at else {
        let titles: Vec<&str> = script.scenes.iter().map(|scene| scene.title.as_str()).collect();
        bail!("没有场景「{title}」，有的是「{}」", titles.join("」「"));
    };
    let first = script.scenes[at].line - 1;
    let end = script.scenes.get(at + 1).map_or(script.source.len(), |next| next.line - 1);
    let mut lines = &script.source[first..end];
    // comments right above the next heading belong to it
    if end < script.source.len() {
        while let Some((last, before)) = lines.split_last()
            && last.trim_start().starts_with('#')
        {
            lines = before;
        }
    }
    Ok(lines.join("\n").trim_end().to_owned())
}

/// A directive of a page, and the copy that stands below it.
#[derive(Debug)]
pub struct Copied<'a> {
    /// Index of its line.
    pub at: usize,
    /// What is to be copied, or why the line says nothing.
    pub directive: Result<Directive<'a>>,
    /// Indices of the lines of the copy; `None`: there is no code block.
    pub copy: Option<Range<usize>>,
}

/// All directives of a page.
pub fn copies<'a>(lines: &[&'a str]) -> Vec<Copied<'a>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let Some(directive) = Directive::of(lines[at]) else {
            at += 1;
            continue;
        };
        let begin = at + 2;
        let copy = lines.get(at + 1).is_some_and(|line| is_fence(line)).then(|| {
            let length = lines[begin..].iter().position(|line| is_fence(line));
            begin..length.map_or(lines.len(), |length| begin + length)
        });
        let next = copy.as_ref().map_or(at + 1, |copy| copy.end + 1);
        found.push(Copied { at, directive, copy });
        at = next;
    }
    found
}

/// The page with its copies made new. `shown` is the page's path in messages.
///
/// # Errors
/// The first directive that is wrong, with file and line.
pub fn renew(root: &Path, shown: &str, text: &str) -> Result<String> {
    let page = root.join(shown);
    let lines: Vec<&str> = text.lines().collect();
    let mut renewed: Vec<String> = Vec::new();
    let mut kept = 0;
    for Copied { at, directive, copy } in copies(&lines) {
        let place = || format!("{shown}:{}", at + 1);
        let directive = directive.with_context(place)?;
        let text = directive.text(root, &page).with_context(place)?;
        renewed.extend(lines[kept..=at].iter().map(|line| (*line).to_owned()));
        match copy {
            Some(copy) => {
                renewed.push(lines[at + 1].to_owned());
                renewed.push(text);
                kept = copy.end;
            }
            None => {
                renewed.extend([directive.fence(), text, FENCE.to_owned()]);
                kept = at + 1;
            }
        }
    }
    renewed.extend(lines[kept..].iter().map(|line| (*line).to_owned()));
    Ok(renewed.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let lesson = root.path().join("lessons/01-x/src");
        fs::create_dir_all(&lesson).unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        fs::write(
            lesson.join("main.rs"),
            "fn run() {\n    z();\n    // ① 甲\n    a();\n    // ② 乙\n    b();\n}\n",
        )
        .unwrap();
        let script = "# 第 01 课\n场景 甲\n主 $ lesson-01-x\n# 说明\n主 | 好\n\n# 下一幕\n检查 乙\n主 $ lesson-01-x\n";
        fs::write(root.path().join("lessons/01-x/script.txt"), script).unwrap();
        root
    }

    /// The page below `上` and above `下`, when `line` stands there with an old copy, and with none.
    fn renewed(line: &str) -> Result<String> {
        let root = course();
        let page = |copy: &str| {
            renew(root.path(), "docs/01-x.md", &format!("上\n<!-- {line} -->\n{copy}下"))
        };
        let (old, none) = (page("```rust,ignore\n旧的\n```\n")?, page("")?);
        assert_eq!(
            old.replace("rust,ignore", "x"),
            none.replace("rust,ignore", "x").replace("```text", "```x")
        );
        assert_eq!(renew(root.path(), "docs/01-x.md", &old).unwrap(), old);
        let inside = old.strip_prefix(&format!("上\n<!-- {line} -->\n```rust,ignore\n")).unwrap();
        Ok(inside.strip_suffix("\n```\n下\n").unwrap().to_owned())
    }

    #[test]
    fn steps_scenes_and_files_are_copied() {
        assert_eq!(renewed("#steps 01-x ②").unwrap(), "// ② 乙\nb();");
        assert_eq!(renewed("#steps 01-x ①-②").unwrap(), "// ① 甲\na();\n// ② 乙\nb();");
        let scene = "场景 甲\n主 $ lesson-01-x\n# 说明\n主 | 好";
        assert_eq!(renewed("#script 01-x 甲").unwrap(), scene);
        assert_eq!(renewed("#script 01-x 乙").unwrap(), "检查 乙\n主 $ lesson-01-x");
        assert!(renewed("#script 01-x").unwrap().starts_with("# 第 01 课\n场景 甲"));
        let file = renewed("#include ../lessons/01-x/src/main.rs").unwrap();
        assert!(file.starts_with("fn run() {") && file.ends_with('}'), "{file}");
        let mention = "写 `<!-- #steps 没有 ① -->`\n";
        assert_eq!(renew(course().path(), "docs/01-x.md", mention).unwrap(), mention);
    }

    #[test]
    fn a_mistake_is_named_with_file_and_line() {
        for (line, message) in [
            ("#steps 01-y ①", "lessons/ 里没有文件夹「01-y」，是不是 01-x？"),
            ("#steps 01-x ③", "lessons/01-x/src/main.rs: 程序里没有步骤 ③，有的是 ①②"),
            ("#steps 01-x 三", "「三」不是步骤：写 ① 或 ①-③"),
            ("#script 01-x 丙", "lessons/01-x/script.txt: 没有场景「丙」，有的是「甲」「乙」"),
            (
                "#scripts 01-x",
                "没有「#scripts」这种写法，可以写 #steps、#script、#include、#exercises、#answers",
            ),
            ("#exercises 99", "第 99 课没有练习（lessons/exercises/99-…）"),
            ("#exercises", "没有练习（lessons/exercises/…）"),
            ("#answers 01", "#answers 后面不写什么，它说的是全部练习"),
            ("#include ../没有", "没有 ../没有 这个文本文件（路径从这一页所在的文件夹算起）"),
        ] {
            let error = format!("{:#}", renewed(line).unwrap_err());
            assert_eq!(error, format!("docs/01-x.md:2: {message}"));
        }
    }
}
