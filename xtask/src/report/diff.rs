//! What changed in a script, line by line, as `diff -u` shows it.

use std::io::{self, Write};
use std::path::Path;

use similar::{ChangeTag, TextDiff};

use text::harmless;

use super::{BAD, FAINT, GOOD, STRONG, paint};

/// How many lines that did not change are shown around those that did.
const CONTEXT: usize = 3;

/// Shows the way from `before` to `now`.
///
/// # Errors
/// Standard output is closed.
pub fn show(out: &mut impl Write, path: &Path, before: &str, now: &str) -> io::Result<()> {
    writeln!(out, "{}", paint(STRONG, &format!("--- {}", path.display())))?;
    writeln!(out, "{}", paint(STRONG, &format!("+++ {}", path.display())))?;
    let diff = TextDiff::from_lines(before, now);
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        writeln!(out, "{}", paint(FAINT, &hunk.header().to_string()))?;
        for change in hunk.iter_changes() {
            let text = harmless(change.value().trim_end_matches(['\r', '\n']));
            let line = match change.tag() {
                ChangeTag::Equal => format!(" {text}"),
                ChangeTag::Delete => paint(BAD, &format!("-{text}")),
                ChangeTag::Insert => paint(GOOD, &format!("+{text}")),
            };
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_shown_with_its_surroundings() {
        let before: String = (1..=20).map(|n| format!("行{n}\n")).collect();
        let now = before.replace("行10\n", "\u{1b}[2J新\n");
        let mut out = anstream::StripStream::new(Vec::new());
        show(&mut out, Path::new("script.txt"), &before, &now).unwrap();
        let shown = String::from_utf8(out.into_inner()).unwrap();
        assert_eq!(
            shown,
            "--- script.txt\n+++ script.txt\n@@ -7,7 +7,7 @@\n 行7\n 行8\n 行9\n-行10\n+\\u{1b}[2J新\n 行11\n 行12\n 行13\n"
        );
    }
}
