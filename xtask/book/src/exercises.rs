//! What the pages say of the exercises: one lesson's, all of them, and for teachers where the answers are.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, anyhow, bail};

use course::exercise::{Exercise, Exercises, FOLDER, Variant, VariantKind};

/// A line for each exercise of a lesson: what to type, and what it is.
///
/// # Errors
/// It has none.
pub fn of_lesson(root: &Path, lesson: &str) -> Result<String> {
    let exercises = Exercises::load(root);
    let its: Vec<&Exercise> = exercises.all.iter().filter(|one| one.lesson == lesson).collect();
    if its.is_empty() {
        bail!("第 {lesson} 课没有练习（{FOLDER}/{lesson}-…）");
    }
    let lines = its.iter().map(|one| {
        let Exercise { id, title, level, form, minutes, .. } = one;
        let what = format!("{}，{}，约 {minutes} 分钟", level.word(), form.word());
        format!("cargo xtask practice {id}    # {title}（{what}）")
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// A line for each exercise, and one that adds them up.
///
/// # Errors
/// There is none, or one lacks a program.
pub fn table(root: &Path) -> Result<String> {
    let all = whole(root)?;
    let widest = all.iter().map(|(one, _)| text::width(&one.title)).max().unwrap_or(0);
    let mut lines = Vec::new();
    let (mut minutes, mut wrongs) = (0, 0);
    for (one, variants) in &all {
        let wrong = wrong_codes(variants).count();
        minutes += one.minutes;
        wrongs += wrong;
        lines.push(format!(
            "{}  {}  {}  {}  {:>2} 分钟  {wrong:>2} 种错的写法",
            one.id,
            text::pad(&one.title, widest),
            one.level.word(),
            text::pad(one.form.word(), text::width("自己写")),
            one.minutes,
        ));
    }
    let count = all.len();
    lines.push(format!("共 {count} 个，约 {minutes} 分钟，{wrongs} 种错的写法"));
    Ok(lines.join("\n"))
}

/// For each exercise: the two solutions, and the codes that its wrong programs are named by.
///
/// # Errors
/// There is none, or one lacks a program.
pub fn answers(root: &Path) -> Result<String> {
    let mut lines = Vec::new();
    for (one, variants) in &whole(root)? {
        lines.push(format!("{} {}", one.id, one.title));
        let right = variants.iter().filter(|variant| variant.kind == VariantKind::Right);
        for (_, path) in right.flat_map(|variant| &variant.sources) {
            let shown = path.strip_prefix(root).unwrap_or(path);
            lines.push(format!("  答案：{}", shown.display()));
        }
        let codes: BTreeSet<&str> = wrong_codes(variants).collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        lines.push(format!("  错的写法：{}", codes.join("、")));
    }
    Ok(lines.join("\n"))
}

/// All exercises that a student can do, with their programs.
fn whole(root: &Path) -> Result<Vec<(Exercise, Vec<Variant>)>> {
    // one that is being written is not there yet
    let all = Exercises::load(root).all;
    if all.is_empty() {
        bail!("没有练习（{FOLDER}/…）");
    }
    let with_variants = |one: Exercise| {
        let variants = one.variants().map_err(|why| anyhow!("{why}"))?;
        Ok((one, variants))
    };
    all.into_iter().map(with_variants).collect()
}

/// What its wrong programs are named by, a code each.
fn wrong_codes(variants: &[Variant]) -> impl Iterator<Item = &str> {
    variants.iter().filter_map(|variant| match &variant.kind {
        VariantKind::Wrong(code) => Some(code.as_str()),
        VariantKind::Start | VariantKind::Right => None,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_exercise_has_its_line_and_its_answers() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER).join("01-1-x");
        let write = |file: &str, text: &str| {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let manifest = "title = \"试一试\"\nlevel = \"热身\"\nform = \"填空\"\nminutes = 8\n\
                        hints = [\"一\", \"二\", \"三\"]\n\n[[program]]\nname = \"main\"\n";
        write("exercise.toml", manifest);
        write("script.txt", "场景 甲\n主 $ practice-01-1-main\n主 | 好\n");
        write("start/main.rs", "//! 练习 01-1：试一试。\n\nfn main() {\n    todo!(\"①\")\n}\n");
        for (file, first) in [
            ("solution/main.rs", ""),
            ("second/main.rs", ""),
            ("wrong/b.rs", "// main：text\n"),
            ("wrong/a.rs", "// main：exit\n"),
            ("wrong/c.rs", "// main：text\n"),
        ] {
            write(file, &format!("{first}fn main() {{}}\n"));
        }
        let table = table(root.path()).unwrap();
        assert_eq!(
            table,
            "01-1  试一试  热身  填空     8 分钟   3 种错的写法\n共 1 个，约 8 分钟，3 种错的写法"
        );
        let expected = "01-1 试一试\n  答案：lessons/exercises/01-1-x/solution/main.rs\n  \
                        答案：lessons/exercises/01-1-x/second/main.rs\n  错的写法：exit、text";
        assert_eq!(answers(root.path()).unwrap(), expected);
        let lesson = of_lesson(root.path(), "01").unwrap();
        assert_eq!(lesson, "cargo xtask practice 01-1    # 试一试（热身，填空，约 8 分钟）");
    }
}
