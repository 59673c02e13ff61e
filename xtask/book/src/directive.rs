//! Lines of a page that stand for a piece of a program or of a script, and what they are replaced by.
//!
//! | line | stands for |
//! | --- | --- |
//! | `{{#steps 04-upload-server ⑤}}` | that step of the program, `①-③`: those steps |
//! | `{{#script 04-upload-server}}` | its script |
//! | `{{#script 04-upload-server 上传绕口令}}` | one scene of it |
//! | `{{#include ../lessons/…/main.rs}}` | a file: mdBook's own, only checked here |
//!
//! Only a line of its own is a directive; in the middle of a sentence it is a mention.

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use course::script;
use course::steps::number;

use super::excerpt::excerpt;

/// What a line stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Directive<'a> {
    /// Steps of `lessons/FOLDER/src/main.rs`.
    Steps { folder: &'a str, steps: RangeInclusive<usize> },
    /// `lessons/FOLDER/script.txt`, or one scene of it.
    Script { folder: &'a str, scene: Option<&'a str> },
    /// A file, relative to the page.
    Include { path: &'a str },
}

impl<'a> Directive<'a> {
    /// The directive that a line is.
    ///
    /// # Errors
    /// It looks like one of ours and is none.
    pub fn of(line: &'a str) -> Option<Result<Directive<'a>>> {
        let inner = line.trim().strip_prefix("{{#")?.strip_suffix("}}")?;
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
            _ => Some(Err(anyhow!("没有「#{name}」这种写法，可以写 #steps、#script、#include"))),
        }
    }

    /// The text that it stands for; `None`: mdBook puts it in.
    ///
    /// # Errors
    /// There is no such folder, step, scene or file.
    pub fn text(&self, root: &Path, page: &Path) -> Result<Option<String>> {
        match self {
            Directive::Steps { folder, steps } => {
                let source = read(root, folder, "src/main.rs")?;
                let excerpt = excerpt(&source, *steps.start(), *steps.end());
                excerpt.with_context(|| format!("lessons/{folder}/src/main.rs")).map(Some)
            }
            Directive::Script { folder, scene } => {
                let source = read(root, folder, "script.txt")?;
                let Some(scene) = scene else { return Ok(Some(source.trim_end().to_owned())) };
                let text = scene_text(&source, scene);
                text.with_context(|| format!("lessons/{folder}/script.txt")).map(Some)
            }
            Directive::Include { path } => {
                // `file:anchor` and `file:from:to` are mdBook's; the course names whole files
                let file = page.parent().unwrap_or(root).join(path);
                match file.is_file() {
                    true => Ok(None),
                    false => bail!("没有 {path} 这个文件（路径从这一页所在的文件夹算起）"),
                }
            }
        }
    }
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
    fs::read_to_string(path).map_err(|error| anyhow!("读不了 lessons/{folder}/{file}：{error}"))
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

/// The page with its directives replaced. `shown` is the page's path in messages.
///
/// # Errors
/// The first directive that is wrong, with file and line.
pub fn expand(root: &Path, shown: &str, text: &str) -> Result<String> {
    let page = root.join(shown);
    let mut expanded = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let replaced = match Directive::of(line) {
            None => None,
            Some(directive) => directive
                .and_then(|directive| directive.text(root, &page))
                .with_context(|| format!("{shown}:{}", index + 1))?,
        };
        expanded.push(replaced.unwrap_or_else(|| line.to_owned()));
    }
    Ok(expanded.join("\n") + "\n")
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

    fn expanded(line: &str) -> Result<String> {
        expand(course().path(), "docs/01-x.md", &format!("上\n{line}\n下"))
    }

    #[test]
    fn steps_and_scenes_are_put_in() {
        assert_eq!(expanded("{{#steps 01-x ②}}").unwrap(), "上\n// ② 乙\nb();\n下\n");
        assert_eq!(
            expanded("{{#steps 01-x ①-②}}").unwrap(),
            "上\n// ① 甲\na();\n// ② 乙\nb();\n下\n"
        );
        let scene = "上\n场景 甲\n主 $ lesson-01-x\n# 说明\n主 | 好\n下\n";
        assert_eq!(expanded("{{#script 01-x 甲}}").unwrap(), scene);
        assert_eq!(expanded("{{#script 01-x 乙}}").unwrap(), "上\n检查 乙\n主 $ lesson-01-x\n下\n");
        assert!(expanded("{{#script 01-x}}").unwrap().starts_with("上\n# 第 01 课\n场景 甲"));
        let include = "{{#include ../lessons/01-x/src/main.rs}}";
        assert_eq!(expanded(include).unwrap(), format!("上\n{include}\n下\n"));
        assert_eq!(expanded("写 `{{#steps 没有 ①}}`").unwrap(), "上\n写 `{{#steps 没有 ①}}`\n下\n");
    }

    #[test]
    fn a_mistake_is_named_with_file_and_line() {
        for (line, message) in [
            ("{{#steps 01-y ①}}", "lessons/ 里没有文件夹「01-y」，是不是 01-x？"),
            ("{{#steps 01-x ③}}", "lessons/01-x/src/main.rs: 程序里没有步骤 ③，有的是 ①②"),
            ("{{#steps 01-x 三}}", "「三」不是步骤：写 ① 或 ①-③"),
            ("{{#script 01-x 丙}}", "lessons/01-x/script.txt: 没有场景「丙」，有的是「甲」「乙」"),
            ("{{#scripts 01-x}}", "没有「#scripts」这种写法，可以写 #steps、#script、#include"),
            ("{{#include ../没有}}", "没有 ../没有 这个文件（路径从这一页所在的文件夹算起）"),
        ] {
            let error = format!("{:#}", expanded(line).unwrap_err());
            assert_eq!(error, format!("docs/01-x.md:2: {message}"));
        }
    }
}
