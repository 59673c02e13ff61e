//! The manifest of `practice/`: a workspace of its own, so that a file with an error in it keeps nothing of the course from
//! being built, with the course's own versions and settings.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use course::exercise::{Exercise, FOLDER};

/// What an exercise may use, beside `shared`.
pub const CRATES: [&str; 5] = ["anyhow", "crossbeam", "encoding_rs", "nix", "parking_lot"];

/// The manifest for these exercises.
///
/// # Errors
/// The course's own cannot be read.
pub fn text<'a>(root: &Path, exercises: impl Iterator<Item = &'a Exercise>) -> Result<String> {
    let mut text = head(root, "..")?;
    for exercise in exercises {
        for program in &exercise.programs {
            let file = match program.given {
                true => format!("../{FOLDER}/{}/given/{}.rs", exercise.name, program.name),
                false => exercise.own_file(program),
            };
            text += &binary(&exercise.binary(program), &file);
        }
    }
    Ok(text)
}

/// A program.
pub fn binary(name: &str, file: &str) -> String {
    format!("\n[[bin]]\nname = \"{name}\"\npath = {file:?}\n")
}

/// All of a manifest but its programs. `course_folder`: where the workspace of the course is, as a manifest writes it.
///
/// # Errors
/// The course's own cannot be read.
pub fn head(root: &Path, course_folder: &str) -> Result<String> {
    let path = root.join("Cargo.toml");
    let course = fs::read_to_string(&path).with_context(|| format!("读不了 {}", path.display()))?;
    let course: Table =
        toml::from_str(&course).with_context(|| format!("看不懂 {}", path.display()))?;
    let workspace = course.get("workspace").and_then(Value::as_table);
    let of = |part: &str| workspace.and_then(|table| table.get(part)).and_then(Value::as_table);
    let word = |key: &str| {
        let value = of("package").and_then(|package| package.get(key));
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut text = format!(
        "# 由 cargo xtask practice 生成，每次都重写。用编辑器打开 practice 文件夹，就认得每个练习\n\
         [package]\nname = \"practice\"\nversion = \"0.0.0\"\nedition = \"{}\"\n\
         rust-version = \"{}\"\npublish = false\nautobins = false\n\n[workspace]\n\n\
         [dependencies]\nshared = {{ path = {:?} }}\n",
        word("edition"),
        word("rust-version"),
        format!("{course_folder}/shared"),
    );
    let dependencies = of("dependencies");
    for name in CRATES {
        if let Some(value) = dependencies.and_then(|all| all.get(name)) {
            writeln!(text, "{name} = {}", inline(value))?;
        }
    }
    // the same settings as the course: what is compiled already is not compiled again
    text += "\n[profile.dev]\ndebug = \"line-tables-only\"\nincremental = false\n\n\
             [profile.dev.package.\"*\"]\ndebug = false\n";
    Ok(text)
}

/// A value in one line.
fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Array(values) => {
            format!("[{}]", values.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Table(table) => {
            let pairs = table.iter().map(|(key, value)| format!("{key} = {}", inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Datetime(value) => value.to_string(),
    }
}
