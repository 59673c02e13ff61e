//! `exercise.toml` of an exercise.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;

use text::harmless;

use super::{Exercise, Form, Level, Program};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    title: String,
    level: String,
    form: String,
    minutes: u32,
    hints: Vec<String>,
    program: Vec<ManifestProgram>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestProgram {
    name: String,
    #[serde(default)]
    given: bool,
    address: Option<SocketAddr>,
}

/// Reads the exercise in `folder`.
///
/// # Errors
/// What is wrong with it, in Chinese.
pub(super) fn read(folder: &Path) -> Result<Exercise, String> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Some((lesson, id)) = numbers(&name) else {
        return Err("文件夹的名字要像 01-2-capitals：课的编号、练习的编号、名字".to_owned());
    };
    let text = fs::read_to_string(folder.join("exercise.toml"))
        .map_err(|error| format!("读不了 exercise.toml：{error}"))?;
    let manifest: Manifest = toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        format!("看不懂 exercise.toml：第 {line} 行：{}", harmless(error.message()))
    })?;
    let [level, form] = [&manifest.level, &manifest.form];
    let level = [Level::WarmUp, Level::Practice, Level::Challenge]
        .into_iter()
        .find(|one| one.word() == level)
        .ok_or_else(|| format!("exercise.toml：level 是热身、练习、挑战之一，不是「{level}」"))?;
    let form = [Form::Gaps, Form::Debugging, Form::Open]
        .into_iter()
        .find(|one| one.word() == form)
        .ok_or_else(|| format!("exercise.toml：form 是填空、找错、自己写之一，不是「{form}」"))?;
    let hints: [String; 3] = manifest.hints.try_into().map_err(|hints: Vec<String>| {
        format!("exercise.toml：提示要三条，现在 {} 条", hints.len())
    })?;
    let programs: Vec<Program> = manifest
        .program
        .into_iter()
        .map(|ManifestProgram { name, given, address }| Program { name, given, address })
        .collect();
    if programs.iter().all(|program| program.given) {
        return Err("exercise.toml：没有一个程序是学生写的".to_owned());
    }
    let exercise = Exercise {
        id: id.to_owned(),
        lesson: lesson.to_owned(),
        name: name.clone(),
        folder: folder.to_owned(),
        title: manifest.title,
        level,
        form,
        minutes: manifest.minutes,
        hints,
        programs,
    };
    for program in &exercise.programs {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if program.name.is_empty() || !program.name.chars().all(is_plain) {
            return Err(format!(
                "exercise.toml：程序的名字「{}」只能用小写字母和数字",
                program.name
            ));
        }
        let path = exercise.source(program);
        if !path.is_file() {
            let path = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            return Err(format!("没有 {path}"));
        }
    }
    Ok(exercise)
}

/// `01` and `01-2` of `01-2-capitals`.
fn numbers(name: &str) -> Option<(&str, &str)> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = name.splitn(3, '-');
    let (lesson, own, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = lesson.len() == 2 && is_number(lesson) && is_number(own) && !rest.is_empty();
    fits.then(|| (lesson, &name[..lesson.len() + 1 + own.len()]))
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn a_folder_has_the_number_of_its_lesson_and_its_own() {
        assert_eq!(numbers("01-2-capitals"), Some(("01", "01-2")));
        assert_eq!(numbers("11-10-a-pool"), Some(("11", "11-10")));
        for other in ["01-capitals", "1-2-x", "01-2", "01-2-", "x"] {
            assert_eq!(numbers(other), None, "{other}");
        }
    }
}
