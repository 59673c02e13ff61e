//! The lines of a function.

use std::ops::Range;

use events::Excerpt;

/// So many lines may lie between a function's first decorator and its `def`.
const MOST_DECORATORS: usize = 100;

/// The lines of the function of this name that begins, with its decorators, at `first`; `line` is the one that it is at.
/// From its `def` to its last line, by indentation; of a long one the part around `line`. Of functions that are defined in
/// it only the head stands there: it does not do what they do. `None`: the file is no longer what it was.
pub fn excerpt(text: &str, function: &str, first: u32, line: u32) -> Option<Excerpt> {
    let lines: Vec<&str> = text.lines().collect();
    let at = (line as usize).checked_sub(1).filter(|at| *at < lines.len())?;
    let (from, to) = match function {
        "<module>" => (0, lines.len()),
        _ => {
            let first = (first as usize).checked_sub(1)?;
            let head = head(&lines, first)?;
            if !function.starts_with('<') && !is_head_of(lines[head], function) {
                return None;
            }
            (head, end(&lines, head))
        }
    };
    if !(from..to).contains(&at) {
        return None;
    }
    // what comes before the line tells more than what comes after it
    let most = Excerpt::MOST;
    let bodies = bodies(&lines, from..to, at);
    let from = from.max(at.saturating_sub(most * 3 / 4));
    let shown = |place: usize| match bodies.iter().any(|body| body.contains(&place)) {
        true => String::new(),
        false => lines[place].to_owned(),
    };
    let lines = (from..to.min(from + most)).map(shown).collect();
    Some(Excerpt { first: u32::try_from(from + 1).ok()?, lines })
}

/// The bodies of the functions and classes that are defined among these lines; not of one that `at` is in.
fn bodies(lines: &[&str], among: Range<usize>, at: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut inside = Inside::default();
    let mut place = among.start;
    while place < among.end {
        if inside == Inside::default() && keyword(lines[place]).is_some() {
            let end = end(lines, place);
            if !(place..end).contains(&at) {
                found.push(place + 1..end);
                place = end;
                continue;
            }
        }
        inside.go_on(lines[place]);
        place += 1;
    }
    found
}

/// The line of the `def` after decorators that begin at `first`.
fn head(lines: &[&str], first: usize) -> Option<usize> {
    if !lines.get(first)?.trim_start().starts_with('@') {
        return Some(first);
    }
    let mut inside = Inside::default();
    for (place, line) in lines.iter().enumerate().skip(first).take(MOST_DECORATORS) {
        let begins = inside == Inside::default() && keyword(line).is_some();
        if begins {
            return Some(place);
        }
        inside.go_on(line);
    }
    None
}

/// What follows `def`, `async def` or `class`.
fn keyword(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("async ").map_or(line, str::trim_start);
    line.strip_prefix("def ").or_else(|| line.strip_prefix("class ")).map(str::trim_start)
}

fn is_head_of(line: &str, function: &str) -> bool {
    let rest = keyword(line).and_then(|rest| rest.strip_prefix(function));
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Where the function that begins at `head` has ended: after its last line that is neither empty nor a comment.
fn end(lines: &[&str], head: usize) -> usize {
    let depth = indentation(lines[head]);
    let mut inside = Inside::default();
    let mut end = head;
    for (place, line) in lines.iter().enumerate().skip(head) {
        let text = line.trim();
        let begins = inside == Inside::default();
        if begins && (text.is_empty() || text.starts_with('#')) {
            continue;
        }
        if begins && place > head && indentation(line) <= depth {
            break;
        }
        inside.go_on(line);
        end = place + 1;
    }
    end
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// What goes on over the end of a line: brackets, and texts in three quotes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Inside {
    brackets: usize,
    quotes: Option<&'static str>,
}

impl Inside {
    /// After one more line.
    fn go_on(&mut self, line: &str) {
        let mut rest = line;
        while let Some(next) = rest.chars().next() {
            rest = match (self.quotes, next) {
                (Some(_), '\\') => past(rest, 2),
                (Some(quotes), _) if rest.starts_with(quotes) => {
                    self.quotes = None;
                    &rest[quotes.len()..]
                }
                (Some(_), _) => past(rest, 1),
                (None, '#') => break,
                (None, '"' | '\'') => self.text(rest),
                (None, '(' | '[' | '{') => {
                    self.brackets += 1;
                    past(rest, 1)
                }
                (None, ')' | ']' | '}') => {
                    self.brackets = self.brackets.saturating_sub(1);
                    past(rest, 1)
                }
                (None, _) => past(rest, 1),
            };
        }
        // one quote does not go on over the end of a line
        self.quotes = self.quotes.filter(|quotes| quotes.len() == 3);
    }

    /// A text begins here.
    fn text<'a>(&mut self, rest: &'a str) -> &'a str {
        let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|all| rest.starts_with(all));
        self.quotes = quotes;
        past(rest, quotes.map_or(1, str::len))
    }
}

/// After so many characters.
fn past(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or("", |(at, _)| &text[at..])
}

#[cfg(test)]
mod unit {
    use super::*;

    const TEXT: &str = "\
import x

@decorated(
    def_=1,
)
@again
async def serve(
    a,
    b='(',
):
    '''Text
with a (bracket
'''
    # comment
  # comment further out
    if a:
        wait(a,
\"\"\" text \\\"\"\" \"\"\",
b)

    done()

# not part of it
def other(): return wait()
values = [wait() for _ in a]
";

    fn range(function: &str, first: u32, line: u32) -> Option<(u32, u32)> {
        let Excerpt { first, lines } = excerpt(TEXT, function, first, line)?;
        Some((first, first + lines.len() as u32 - 1))
    }

    #[test]
    fn from_the_def_to_the_last_line() {
        assert_eq!(range("serve", 3, 17), Some((7, 21)));
        assert_eq!(range("other", 24, 24), Some((24, 24)));
        assert_eq!(range("<listcomp>", 25, 25), Some((25, 25)));
        assert_eq!(range("<module>", 1, 25), Some((1, 25)));
        let Excerpt { lines, .. } = excerpt(TEXT, "serve", 3, 17).unwrap();
        assert_eq!((lines[0].as_str(), lines[14].as_str()), ("async def serve(", "    done()"));
    }

    #[test]
    fn what_is_defined_in_it_has_only_its_head() {
        let text = "\
def outer():
    def inner(
        a,
    ):
        a.flush()

        a.close()
    class Body: pass
    inner(wait())

outer()
";
        let Excerpt { lines, .. } = excerpt(text, "outer", 1, 9).unwrap();
        let head = ["def outer():", "    def inner(", "", "", "", "", ""];
        assert_eq!(lines[..7], head);
        assert_eq!(lines[7..], ["    class Body: pass", "    inner(wait())"]);
        let Excerpt { lines, .. } = excerpt(text, "<module>", 1, 11).unwrap();
        assert_eq!((lines[0].as_str(), lines[8].as_str()), ("def outer():", ""));
        assert_eq!(lines[10], "outer()");
        // a frame of its own or not: the line that it is at is there
        let Excerpt { first, lines } = excerpt(text, "inner", 2, 5).unwrap();
        assert_eq!((first, lines[3].as_str()), (2, "        a.flush()"));
        assert_eq!(excerpt(text, "<module>", 1, 5).unwrap().lines[4], "        a.flush()");
    }

    #[test]
    fn a_file_that_has_changed_has_no_excerpt() {
        assert_eq!(range("other", 3, 17), None);
        assert_eq!(range("serv", 3, 17), None);
        assert_eq!(range("serve", 3, 24), None);
        assert_eq!(range("serve", 300, 301), None);
        assert_eq!(range("<module>", 1, 0), None);
    }

    #[test]
    fn of_a_long_one_the_part_around_the_line() {
        let body: String = (0..1000).map(|number| format!("    step({number})\n")).collect();
        let text = format!("def long():\n{body}");
        let Excerpt { first, lines } = excerpt(&text, "long", 1, 500).unwrap();
        assert_eq!((first, lines.len()), (350, Excerpt::MOST));
        let Excerpt { first, .. } = excerpt(&text, "long", 1, 20).unwrap();
        assert_eq!(first, 1);
    }
}
