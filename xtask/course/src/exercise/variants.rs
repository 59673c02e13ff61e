//! The finished programs of an exercise: right ones and wrong ones.

use std::fs;
use std::path::PathBuf;

use super::{Exercise, Program};

/// Programs that stand in the student's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Relative to the exercise's folder.
    pub name: String,
    /// What it is.
    pub kind: VariantKind,
    /// The student's programs with their sources, in the order of the exercise.
    pub sources: Vec<(Program, PathBuf)>,
}

/// What a variant is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariantKind {
    /// What a student begins with.
    Start,
    /// It passes.
    Right,
    /// It fails, and this code is named first: of a cause, or of a rule.
    Wrong(String),
}

impl Exercise {
    /// All of them: the start, the two solutions, the wrong ones.
    ///
    /// # Errors
    /// One is missing, or a wrong program does not say which mistake it is.
    pub fn variants(&self) -> Result<Vec<Variant>, String> {
        let mut variants = vec![self.whole("start", VariantKind::Start)?];
        for folder in ["solution", "second"] {
            variants.push(self.whole(folder, VariantKind::Right)?);
        }
        let entries = fs::read_dir(self.folder.join("wrong"))
            .map_err(|error| format!("{}：读不了 wrong：{error}", self.name))?;
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.sort();
        for file in files {
            variants.push(self.wrong(file)?);
        }
        Ok(variants)
    }

    fn whole(&self, folder: &str, kind: VariantKind) -> Result<Variant, String> {
        let sources = self.own_programs().map(|program| {
            let path = self.folder.join(folder).join(format!("{}.rs", program.name));
            match path.is_file() {
                true => Ok((program.clone(), path)),
                false => Err(format!("{}：没有 {folder}/{}.rs", self.name, program.name)),
            }
        });
        Ok(Variant { name: folder.to_owned(), kind, sources: sources.collect::<Result<_, _>>()? })
    }

    /// A wrong program; the others are the solution's.
    fn wrong(&self, file: PathBuf) -> Result<Variant, String> {
        let name = format!("wrong/{}", file.file_name().unwrap_or_default().to_string_lossy());
        let text = fs::read_to_string(&file).map_err(|error| format!("{name}：{error}"))?;
        let first = text.lines().next().unwrap_or_default();
        let said = first.strip_prefix("// ").and_then(|first| first.split_once("："));
        let program = said.and_then(|(program, code)| {
            let own = self.own_programs().find(|one| one.name == program)?;
            Some((own.clone(), code.trim().to_owned()))
        });
        let Some((program, code)) = program else {
            return Err(format!(
                "{}：{name} 的第一行要写成「// server：half-close-missing」：哪个程序，哪个代码",
                self.name
            ));
        };
        let mut variant = self.whole("solution", VariantKind::Wrong(code))?;
        for (one, source) in &mut variant.sources {
            if *one == program {
                *source = file.clone();
            }
        }
        Ok(Variant { name, ..variant })
    }
}
