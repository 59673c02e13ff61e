//! A line of a program's own source, with a mark below it.

use std::fs;
use std::path::Path;

use anstyle::Style;

use events::Place;
use text::{fitting, harmless, width};

use super::{BAD, FAINT, paint};

/// No source of a program is longer.
const LONGEST_SOURCE: u64 = 1 << 20;

/// Where, and what is to be said there.
#[derive(Debug)]
pub struct Mark<'a> {
    pub place: &'a Place,
    /// May be empty.
    pub words: String,
}

/// The places below each other, in lines of at most `cells`: the first is the one to change. A line that cannot be read
/// is not quoted.
pub fn quotes(root: &Path, marks: &[Mark], cells: usize) -> Vec<Vec<String>> {
    let widest = marks.iter().map(|mark| mark.place.line).max().unwrap_or(0);
    let gutter = widest.to_string().len();
    let quote = |(index, mark)| match index {
        0 => quote(root, mark, gutter, ("-->", '^', BAD), cells),
        _ => quote(root, mark, gutter, (":::", '-', FAINT), cells),
    };
    marks.iter().enumerate().map(quote).collect()
}

fn quote(
    root: &Path,
    Mark { place, words }: &Mark,
    gutter: usize,
    (arrow, mark, style): (&str, char, Style),
    cells: usize,
) -> Vec<String> {
    let margin = " ".repeat(gutter);
    let head = |words: &str| {
        let text = fitting(&harmless(&format!("{place}{words}")), cells - gutter - 5);
        format!(" {margin}{} {text}", paint(FAINT, arrow))
    };
    let room = cells - gutter - 4;
    let (beside, colon) = match words.as_str() {
        "" => (String::new(), String::new()),
        words => (format!(" {words}"), format!("：{words}")),
    };
    let Some(source) = source_line(root, place) else { return vec![head(&colon)] };
    let source = fitting(&source, room);
    let marks = mark.to_string().repeat(width(&source));
    // words that have no room beside the mark stand beside the place
    let (colon, beside) = match width(&marks) + width(&beside) <= room {
        true => ("", beside.as_str()),
        false => (colon.as_str(), ""),
    };
    let number = format!("{:>gutter$}", place.line);
    let bar = paint(FAINT, "|");
    vec![
        head(colon),
        format!(" {} {bar} {source}", paint(FAINT, &number)),
        format!(" {margin} {bar} {}{beside}", paint(style, &marks)),
    ]
}

/// The line of a place without the space before it; only from below the workspace: no other file is a student's own.
fn source_line(root: &Path, place: &Place) -> Option<String> {
    let root = root.canonicalize().ok()?;
    let path = root.join(&place.file).canonicalize().ok()?;
    let about = path.metadata().ok()?;
    if !path.starts_with(&root) || !about.is_file() || about.len() > LONGEST_SOURCE {
        return None;
    }
    let source = fs::read_to_string(path).ok()?;
    let line = source.lines().nth(place.line.checked_sub(1)? as usize)?;
    let line = harmless(&line.trim().replace('\t', "    "));
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str, line: u32) -> Place {
        Place { file: file.into(), line, function: "main".into() }
    }

    /// Without colours.
    fn shown(root: &Path, marks: &[Mark], cells: usize) -> Vec<String> {
        let lines = quotes(root, marks, cells).concat();
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn the_mark_is_as_wide_as_the_line_and_stands_below_it() {
        let folder = tempfile::tempdir().unwrap();
        let source = "fn main() {\n\tprintln!(\"收到\"); // 一\n}\n".to_owned()
            + &"\n".repeat(6)
            + "    x();\n";
        fs::write(folder.path().join("a.rs"), source).unwrap();
        let (first, second) = (place("a.rs", 2), place("a.rs", 10));
        let marks = [
            Mark { place: &first, words: "停在这里".into() },
            Mark { place: &second, words: String::new() },
        ];
        let wanted = [
            "   --> a.rs:2",
            "  2 | println!(\"收到\"); // 一",
            "    | ^^^^^^^^^^^^^^^^^^^^^^^ 停在这里",
            "   ::: a.rs:10",
            " 10 | x();",
            "    | ----",
        ];
        assert_eq!(shown(folder.path(), &marks, 80), wanted);
        // words that have no room beside it stand above it; nothing is wider than the terminal
        let narrow = shown(folder.path(), &marks[..1], 28);
        assert_eq!(narrow[0], "  --> a.rs:2：停在这里");
        assert_eq!(narrow[2], format!("   | {}", "^".repeat(23)));
        for cells in 20..80 {
            let lines = shown(folder.path(), &marks, cells);
            assert!(lines.iter().all(|line| width(line) <= cells), "{cells}: {lines:#?}");
        }
    }

    #[test]
    fn what_is_no_file_of_the_workspace_is_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        fs::create_dir(&root).unwrap();
        fs::write(folder.path().join("secret.rs"), "secret\n").unwrap();
        fs::write(root.join("own.rs"), "\nown\n").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret.rs"), root.join("link.rs")).unwrap();
        let outside = folder.path().join("secret.rs");
        for (file, line) in [
            (outside.to_str().unwrap(), 1),
            ("../secret.rs", 1),
            ("link.rs", 1),
            ("none.rs", 1),
            ("own.rs", 1),
            ("own.rs", 3),
            ("own.rs", 0),
        ] {
            let place = place(file, line);
            let lines = shown(&root, &[Mark { place: &place, words: "这里".into() }], 200);
            assert_eq!(lines, [format!("  --> {file}:{line}：这里")]);
        }
        let own = place("own.rs", 2);
        let lines = shown(&root, &[Mark { place: &own, words: "这里".into() }], 200);
        assert_eq!(lines[1], " 2 | own");
    }
}
