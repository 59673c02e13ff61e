//! What cargo says while it builds (`cargo build --message-format=json`; the Cargo book, "External tools"; the JSON of
//! diagnostics: the rustc book, "JSON Output").

use std::path::PathBuf;

use serde::Deserialize;
use text::{harmless, shortened};

use super::CompileError;

/// A message.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Message {
    /// A target was built, or is still fresh.
    CompilerArtifact {
        /// Which.
        target: Target,
        /// Its program, if it is one.
        executable: Option<PathBuf>,
        /// All that came of it.
        #[serde(default)]
        filenames: Vec<PathBuf>,
    },
    /// The compiler says something.
    #[serde(rename = "compiler-message")]
    CompilerSays {
        /// Of which package, see [`package_name`].
        package_id: String,
        /// What.
        message: Diagnostic,
    },
    /// Anything else.
    #[serde(other)]
    Other,
}

/// A target of a package.
#[derive(Deserialize)]
pub struct Target {
    /// Of a program: its own name.
    pub name: String,
}

/// What the compiler says.
#[derive(Deserialize)]
pub struct Diagnostic {
    level: String,
    /// In English.
    pub message: String,
    code: Option<Code>,
    spans: Vec<Place>,
    /// As it is shown on a terminal.
    pub rendered: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// A place in a source.
#[derive(Deserialize)]
pub struct Place {
    file_name: String,
    line_start: usize,
    column_start: usize,
    is_primary: bool,
}

impl Diagnostic {
    /// It keeps the target from being built: `error`, or `error: internal compiler error`. Its count at the end is none.
    pub fn is_error(&self) -> bool {
        self.level.starts_with("error") && !self.message.starts_with("aborting due to")
    }

    /// `E0382`, if it has a code.
    pub fn code(&self) -> Option<String> {
        self.code.as_ref().map(|code| code.code.clone())
    }

    /// File and line, if it has them.
    fn place(&self) -> Option<(String, u32)> {
        let place = self.spans.iter().find(|place| place.is_primary)?;
        Some((place.file_name.clone(), u32::try_from(place.line_start).ok()?))
    }

    /// Where, and what: in one line.
    pub fn in_short(&self) -> String {
        const MOST: usize = 300;
        let first = self.message.lines().next().unwrap_or_default();
        let message = shortened(&harmless(first), MOST);
        let code = self.code.as_ref().map_or_else(String::new, |code| format!("（{}）", code.code));
        match self.spans.iter().find(|place| place.is_primary) {
            Some(Place { file_name, line_start, column_start, .. }) => {
                format!("{file_name}:{line_start}:{column_start}：{message}{code}")
            }
            None => format!("{message}{code}"),
        }
    }
}

impl From<&Diagnostic> for CompileError {
    fn from(from: &Diagnostic) -> CompileError {
        let Diagnostic { message, rendered, .. } = from;
        let rendered = rendered.clone().unwrap_or_default();
        CompileError { code: from.code(), message: message.clone(), rendered, place: from.place() }
    }
}

/// From a package's id to its name: `path+file:///…/04-upload-server#lesson-04-upload-server@0.1.0`, or without the name
/// where the folder is called like it (the Cargo book, "Package ID Specifications").
pub fn package_name(id: &str) -> String {
    let (place, rest) = id.rsplit_once('#').unwrap_or((id, ""));
    match rest.split_once('@') {
        Some((name, _)) => name.to_owned(),
        None => place.rsplit('/').next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_known_by_its_id() {
        let long = "path+file:///a/lessons/04-upload-server#lesson-04-upload-server@0.1.0";
        assert_eq!(package_name(long), "lesson-04-upload-server");
        assert_eq!(package_name("path+file:///a/shared#0.1.0"), "shared");
    }

    #[test]
    fn an_error_has_its_place_and_its_code() {
        let text = r#"{"reason":"compiler-message","package_id":"path+file:///a/shared#0.1.0",
            "message":{"level":"error","message":"cannot find value `x`\nmore","code":{"code":"E0425"},
            "spans":[{"file_name":"a.rs","line_start":2,"column_start":5,"is_primary":true}],"rendered":null}}"#;
        let Ok(Message::CompilerSays { message, .. }) = serde_json::from_str(text) else {
            panic!("no message")
        };
        assert!(message.is_error());
        assert_eq!(message.in_short(), "a.rs:2:5：cannot find value `x`（E0425）");
    }
}
