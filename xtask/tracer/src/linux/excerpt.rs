//! The source of a function: the lines of its file from its head to the brace that ends it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use events::Excerpt;

/// Of a function that is longer, so many lines are kept behind the line that is being carried out.
const BEHIND: usize = 50;
/// No file that people write is larger.
const LARGEST: u64 = 4 << 20;

/// Remembers the source files that it has read.
#[derive(Default)]
pub struct Sources(HashMap<PathBuf, Option<Vec<String>>>);

impl Sources {
    /// The function of `file` that begins at line `first` and is now at `line`. Nothing if the file has been changed since
    /// the program was `built`: then the lines are no longer those of the program.
    pub fn excerpt(
        &mut self,
        file: &Path,
        built: Option<SystemTime>,
        first: u32,
        line: u32,
    ) -> Option<Excerpt> {
        let read = || read(file, built?);
        let lines = self.0.entry(file.to_owned()).or_insert_with(read).as_ref()?;
        let index = |line: u32| usize::try_from(line).ok()?.checked_sub(1);
        let (start, now) = (index(first)?, index(line)?);
        let length = length_of_function(lines.get(start..)?)?;
        // the line that is being carried out is in it, or these are not the lines of the program
        if !(start..start + length).contains(&now) {
            return None;
        }
        let end = (start + length).min((now + BEHIND).max(start + Excerpt::MOST));
        let start = start.max(end.saturating_sub(Excerpt::MOST));
        Some(Excerpt { first: start as u32 + 1, lines: lines[start..end].to_vec() })
    }
}

fn read(file: &Path, built: SystemTime) -> Option<Vec<String>> {
    let about = std::fs::metadata(file).ok()?;
    if !about.is_file() || about.len() > LARGEST || about.modified().ok()? > built {
        return None;
    }
    let text = std::fs::read_to_string(file).ok()?;
    Some(text.lines().map(str::to_owned).collect())
}

/// How many lines there are up to the brace that ends what begins here (Rust, C, C++, Go). A closure without braces ends
/// where its expression does.
fn length_of_function(lines: &[String]) -> Option<usize> {
    let mut scanner = Scanner::default();
    for (index, line) in lines.iter().enumerate() {
        if scanner.is_over_after(line) {
            return Some(index + 1);
        }
    }
    None
}

/// Follows braces and parentheses, but not those within texts and comments.
#[derive(Default)]
struct Scanner {
    braces: usize,
    others: usize,
    inside: Inside,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Inside {
    #[default]
    Code,
    /// Comments of Rust contain others.
    Comment(usize),
    Text,
    /// A text that ends at a quote with so many `#` behind it.
    RawText(usize),
}

impl Scanner {
    /// Reads one more line: whether the function ends in it.
    fn is_over_after(&mut self, line: &str) -> bool {
        let mut rest = line;
        while let Some(character) = rest.chars().next() {
            let mut length = character.len_utf8();
            match self.inside {
                Inside::Comment(depth) if rest.starts_with("*/") => {
                    length = 2;
                    self.inside = match depth {
                        0 | 1 => Inside::Code,
                        depth => Inside::Comment(depth - 1),
                    };
                }
                Inside::Comment(depth) if rest.starts_with("/*") => {
                    length = 2;
                    self.inside = Inside::Comment(depth + 1);
                }
                Inside::Text if character == '\\' => {
                    length += rest[length..].chars().next().map_or(0, char::len_utf8);
                }
                Inside::Text if character == '"' => self.inside = Inside::Code,
                Inside::RawText(marks)
                    if character == '"' && rest[1..].starts_with(&"#".repeat(marks)) =>
                {
                    length += marks;
                    self.inside = Inside::Code;
                }
                Inside::Comment(_) | Inside::Text | Inside::RawText(_) => {}
                Inside::Code if rest.starts_with("//") => break,
                Inside::Code => match self.code(character, rest) {
                    Some(taken) => length = taken,
                    None => return true,
                },
            }
            rest = &rest[length..];
        }
        false
    }

    /// One character of code: how many bytes it takes along; nothing: the function is over.
    fn code(&mut self, character: char, rest: &str) -> Option<usize> {
        let mut taken = character.len_utf8();
        if let Some(marks) = raw_marks(rest) {
            self.inside = Inside::RawText(marks);
            return rest.find('"').map(|quote| quote + 1);
        }
        match character {
            '/' if rest.starts_with("/*") => {
                taken = 2;
                self.inside = Inside::Comment(1);
            }
            '"' => self.inside = Inside::Text,
            '\'' => taken = quoted(rest),
            // a whole name: one that ends in `r` begins no text
            _ if character.is_alphanumeric() || character == '_' => {
                let name = |one: char| one.is_alphanumeric() || one == '_';
                taken = rest.find(|one| !name(one)).unwrap_or(rest.len());
            }
            '{' => self.braces += 1,
            '(' | '[' => self.others += 1,
            '}' => match self.braces {
                // of what is around it
                0 => return None,
                1 if self.others == 0 => return None,
                _ => self.braces -= 1,
            },
            ')' | ']' if self.others == 0 => return None,
            ')' | ']' => self.others -= 1,
            ';' if self.braces == 0 && self.others == 0 => return None,
            _ => {}
        }
        Some(taken)
    }
}

/// A raw text begins here: `r"`, `br#"`; how many marks its quote has.
fn raw_marks(rest: &str) -> Option<usize> {
    let rest = rest.strip_prefix(['b', 'c']).unwrap_or(rest).strip_prefix('r')?;
    let quote = rest.trim_start_matches('#');
    quote.starts_with('"').then_some(rest.len() - quote.len())
}

/// The length of a character in quotes, or of the quote of a lifetime.
fn quoted(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    let Some((_, first)) = characters.next() else { return 1 };
    if first == '\\' {
        // the one behind the backslash may be a quote itself
        let end = characters.skip(1).find(|(_, one)| *one == '\'');
        return end.map_or(1, |(at, _)| at + 1);
    }
    match characters.next() {
        Some((at, '\'')) => at + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn length(text: &str) -> Option<usize> {
        length_of_function(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_function_ends_at_its_brace() {
        assert_eq!(length("fn main() {\n    a();\n}\nfn b() {}"), Some(3));
        assert_eq!(length("fn main() { a(); }\nfn b() {}"), Some(1));
        assert_eq!(length("int main(void)\n{\n    if (x) {\n    }\n}\nint b;"), Some(5));
        assert_eq!(length("fn a(\n    b: [u8; 4],\n) -> u8 {\n    match b { _ => 1 }\n}"), Some(5));
        assert_eq!(length("fn main() {\n    a();"), None, "the file ends before it");
    }

    #[test]
    fn braces_in_texts_and_comments_are_none() {
        for line in [
            "\"}\";",
            "\"\\\"}\";",
            "'}';",
            "'\\'';",
            "'\\u{7d}';",
            "r\"}\\\";",
            "r#\"}\"}\"#;",
            "br\"}\\\";",
            "br##\"}\"# }\"##;",
            "// }",
            "/* } */",
            "/* /* } */ } */",
            "let a: &'static str = b'}';",
            "f::<'a, 'b>('}', '甲');",
            "for_r\"}\";",
        ] {
            let text = format!("fn a() {{\n{line}\n}}\nfn b() {{\n}}\n");
            assert_eq!(length(&text), Some(3), "{line}");
        }
        assert_eq!(length("fn a() {\n    \"one\n    }\";\n}"), Some(4));
    }

    #[test]
    fn a_closure_ends_with_its_braces_or_its_expression() {
        let spawned = "    thread::spawn(move || {\n        a();\n    });\n    b();\n";
        assert_eq!(length(spawned), Some(3));
        assert_eq!(length("        .map(|x| x.lock())\n        .sum();\n}"), Some(2));
        assert_eq!(length("    a: || b(),\n    }\n"), Some(2));
    }

    #[test]
    fn of_a_long_function_the_lines_around_its_place_are_kept() {
        let folder = std::env::temp_dir().join(format!("excerpt-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("long.rs");
        let body: String = (2..=999).map(|line| format!("    line({line});\n")).collect();
        std::fs::write(&file, format!("fn long() {{\n{body}}}\n")).unwrap();
        let written = std::fs::metadata(&file).unwrap().modified().unwrap();
        let excerpt = |line| {
            Sources::default().excerpt(&file, Some(written), 1, line).map(|one| {
                assert_eq!(one.lines.len(), Excerpt::MOST);
                one.first
            })
        };
        assert_eq!((excerpt(2), excerpt(150)), (Some(1), Some(1)));
        assert_eq!(excerpt(500), Some(350));
        assert_eq!(excerpt(1000), Some(801));
        assert_eq!(excerpt(1001), None, "behind its end");
        let older = written - Duration::from_secs(1);
        let changed = Sources::default().excerpt(&file, Some(older), 1, 2);
        assert_eq!(changed, None, "changed since the program was built");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
