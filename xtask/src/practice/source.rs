//! Where a student's files come from, and how they become programs: his own folder, or what he has handed in.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;

use anyhow::Result;

use course::catalog::{Catalog, Part};
use course::exercise::{Exercise, Program as Named};
use limits::STUDENT_FILE;
use stage::Program;

use crate::cargo::OwnBuilt;
use crate::cli::StageOptions;
use crate::perform::Theatre;

/// A student's files.
pub trait Source {
    /// What the file of a program is called.
    fn shown(&self, exercise: &Exercise, program: &Named) -> String;

    /// Its text.
    ///
    /// # Errors
    /// There is none; why, in Chinese.
    fn text(&self, exercise: &Exercise, program: &Named) -> Result<String, String>;

    /// The programs of an exercise, by name. `texts`: of the student's own, in their order.
    ///
    /// # Errors
    /// It could not even be tried.
    fn build(&self, exercise: &Exercise, texts: &[String]) -> Result<OwnBuilt>;

    /// Where they are played.
    ///
    /// # Errors
    /// There is no place for the scenes' folders.
    fn theatre(
        &self,
        catalog: &Catalog,
        parts: &[Part],
        programs: BTreeMap<String, Program>,
        stage: StageOptions,
    ) -> Result<Theatre>;
}

/// The text in a file that has been opened, without waiting for one who writes.
///
/// # Errors
/// It is no text; why, in Chinese.
pub fn text_in(file: File) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("读不了：{error}");
    let about = file.metadata().map_err(unreadable)?;
    if !about.is_file() {
        return Err("不是一个普通的文件".to_owned());
    }
    let mut bytes = Vec::new();
    file.take(STUDENT_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > STUDENT_FILE {
        let length = about.len().max(bytes.len() as u64);
        return Err(format!("有 {length} 字节，练习的程序不会这么长（至多 1 MiB）"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| "不是 UTF-8 的文字：用编辑器另存为 UTF-8（不是 GBK）".to_owned())?;
    match text.trim_start_matches('\u{feff}').trim().is_empty() {
        true => Err("是空的".to_owned()),
        false => Ok(text),
    }
}
