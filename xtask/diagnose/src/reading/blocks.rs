//! The loops and conditions of a function: enough of Python and of Rust to say what ends a loop.

use events::Language;

/// The loop around a line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Loop {
    /// What stands behind `while` or `for`; empty: it has no condition of its own.
    pub header: String,
    /// Its lines.
    pub body: Vec<String>,
    /// Under what condition it is left from within, once for each place; empty: always.
    pub exits: Vec<String>,
}

/// The lines without comments; of Rust also without what stands in quotes, where that could be taken for a block.
pub fn code(lines: &[String], language: Language) -> Vec<String> {
    lines.iter().map(|line| without_comment(line, language)).collect()
}

fn without_comment(line: &str, language: Language) -> String {
    let mark = if language == Language::Python { "#" } else { "//" };
    let (mut quoted, mut escaped) = (None, false);
    for (at, c) in line.char_indices() {
        match quoted {
            Some(quote) => {
                if c == quote && !escaped {
                    quoted = None;
                }
                escaped = c == '\\' && !escaped;
            }
            None if line[at..].starts_with(mark) => return line[..at].trim_end().to_owned(),
            // a lifetime is no quote
            None if c == '"'
                || c == '\'' && (language == Language::Python || is_char(&line[at..])) =>
            {
                quoted = Some(c);
                escaped = false;
            }
            None => {}
        }
    }
    line.trim_end().to_owned()
}

fn is_char(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

/// The innermost loop that a line is in, or whose header it is.
pub fn loop_around(lines: &[String], at: usize, language: Language) -> Option<Loop> {
    match language {
        Language::Python => python(lines, at),
        Language::Native => rust(lines, at),
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_loop(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("async ");
    line.starts_with("while ") || line.starts_with("while(") || line.starts_with("for ")
}

fn python(lines: &[String], at: usize) -> Option<Loop> {
    let mut inside = indent(&lines[at]);
    let mut header = is_loop(&lines[at]).then_some(at);
    for (index, line) in lines[..at].iter().enumerate().rev() {
        if header.is_some() || line.trim().is_empty() || indent(line) >= inside {
            continue;
        }
        inside = indent(line);
        if is_loop(line) {
            header = Some(index);
        } else if line.trim_start().starts_with("def ")
            || line.trim_start().starts_with("async def ")
        {
            return None;
        }
    }
    let header = header?;
    let outside = indent(&lines[header]);
    let end = lines[header + 1..]
        .iter()
        .position(|line| !line.trim().is_empty() && indent(line) <= outside)
        .map_or(lines.len(), |length| header + 1 + length);
    let body = &lines[header + 1..end];
    let exits = (0..body.len()).filter_map(|line| python_exit(body, line)).collect();
    let text = lines[header].trim().trim_start_matches("while").trim_end_matches(':').trim();
    let text = if ["True", "1", "(True)"].contains(&text) { "" } else { text };
    Some(Loop { header: text.to_owned(), body: body.to_vec(), exits })
}

/// Under what condition a line of a loop leaves it; `None`: it does not.
fn python_exit(body: &[String], at: usize) -> Option<String> {
    let line = body[at].trim();
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').collect();
    let leaves = |word: &&str| ["return", "raise", "sys.exit", "exit", "os._exit"].contains(word);
    let breaks = words.contains(&"break");
    if !breaks && !words.iter().any(leaves) {
        return None;
    }
    if let Some(condition) = line.strip_prefix("if ").or_else(|| line.strip_prefix("elif ")) {
        return Some(condition.rsplit_once(':').map_or(condition, |(front, _)| front).to_owned());
    }
    let mut inside = indent(&body[at]);
    let mut of_else = None;
    for line in body[..at].iter().rev() {
        if line.trim().is_empty() {
            continue;
        }
        let text = line.trim();
        let condition = text.strip_prefix("if ").or_else(|| text.strip_prefix("elif "));
        if of_else == Some(indent(line)) {
            if let Some(condition) = condition {
                return Some(format!("not ({})", condition.trim_end_matches(':')));
            }
            continue;
        }
        if indent(line) >= inside {
            continue;
        }
        inside = indent(line);
        match condition {
            Some(condition) => return Some(condition.trim_end_matches(':').to_owned()),
            None if text.starts_with("else") => of_else = Some(inside),
            None if text.starts_with("except") => return Some("except".to_owned()),
            // that loop is left, not this one
            None if is_loop(line) && breaks => return None,
            None => {}
        }
    }
    Some(String::new())
}

/// A block of Rust: where it begins (line and column), and what stands before its brace.
struct Block {
    line: usize,
    column: usize,
    header: String,
}

impl Block {
    fn is_loop(&self) -> bool {
        has_word(&self.header, "loop")
            || has_word(&self.header, "while")
            || has_word(&self.header, "for") && has_word(&self.header, "in")
    }
}

pub fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|one| one == word)
}

/// Goes through code from a place on, and says of every brace which block it begins or ends.
fn walk(lines: &[String], mut on: impl FnMut(usize, usize, &[Block]) -> bool) {
    let mut blocks: Vec<Block> = Vec::new();
    let mut before = String::new();
    for (line, text) in lines.iter().enumerate() {
        let mut quoted = false;
        let bytes = text.as_bytes();
        for (column, c) in text.char_indices() {
            if c == '"' && (column == 0 || bytes[column - 1] != b'\\') {
                quoted = !quoted;
            }
            let in_char = column > 0 && bytes[column - 1] == b'\'';
            if !on(line, column, &blocks) {
                return;
            }
            match c {
                _ if quoted || in_char => before.push(c),
                '{' => {
                    let header = before.trim().to_owned();
                    blocks.push(Block { line, column, header });
                    before.clear();
                }
                '}' => {
                    blocks.pop();
                    before.clear();
                }
                ';' => before.clear(),
                c => before.push(c),
            }
        }
        before.push(' ');
    }
}

fn rust(lines: &[String], at: usize) -> Option<Loop> {
    let wanted = indent(&lines[at]);
    // of the line itself only what it begins: `while let Ok(n) = from.read(..) {`
    let is_header = lines[at].trim_start().starts_with("while ");
    let place = if is_header { lines[at].len().saturating_sub(1) } else { wanted };
    let mut found: Option<(usize, usize, String)> = None;
    let mut header_of_line = None;
    walk(lines, |line, column, blocks| {
        if line == at && column >= place || line > at {
            let mut innermost = blocks.iter().rev().take_while(|block| {
                // what a closure does is not done in the loop that makes it
                !block.header.contains('|') && !has_word(&block.header, "fn")
            });
            let around = innermost.find(|block| block.is_loop());
            found = around.map(|block| (block.line, block.column, block.header.clone()));
            if is_header {
                header_of_line = lines[at].rfind('{');
            }
            return false;
        }
        true
    });
    if let Some(column) = header_of_line {
        found = Some((at, column, lines[at].trim().trim_end_matches('{').trim().to_owned()));
    }
    let (line, column, header) = found?;
    // the block itself, from its brace on
    let mut rest: Vec<String> = lines[line..].to_vec();
    rest[0] = " ".repeat(column) + &rest[0][column..];
    let mut end = rest.len();
    let mut exits = Vec::new();
    let mut begun = false;
    walk(&rest, |line, column, blocks| {
        if begun && blocks.is_empty() {
            end = line;
            return false;
        }
        begun |= !blocks.is_empty();
        exits.extend(rust_exit(&rest[line], column, blocks));
        true
    });
    let body = rest[..end.max(1)].to_vec();
    let condition = header.split_once("while").map_or("", |(_, condition)| condition.trim());
    let condition = match header.split_once("for ") {
        Some((_, each)) if condition.is_empty() && has_word(&header, "for") => each,
        _ => condition,
    };
    Some(Loop { header: condition.to_owned(), body, exits })
}

/// Under what condition a word at this place leaves the outermost of these blocks.
fn rust_exit(line: &str, column: usize, blocks: &[Block]) -> Option<String> {
    let (front, word) = (&line[..column], &line[column..]);
    let breaks = word.starts_with("break");
    if !breaks && !word.starts_with("return") {
        return None;
    }
    let whole = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    let length = if breaks { 5 } else { 6 };
    if !whole(front.chars().last()) || !whole(word[length..].chars().next()) {
        return None;
    }
    // an arm: `Ok(0) => break`
    let statement = front.rsplit(['{', ';', ',', '}']).next().unwrap_or_default().trim();
    if let Some(pattern) = statement.strip_suffix("=>") {
        return Some(pattern.trim().to_owned());
    }
    let inner = blocks.get(1..).unwrap_or_default();
    if breaks && inner.iter().any(Block::is_loop) {
        return None;
    }
    let around = inner.iter().rev().find(|block| !block.header.is_empty());
    Some(match around {
        None => String::new(),
        Some(block) => {
            let header = block.header.as_str();
            let header = header.strip_suffix("=>").unwrap_or(header);
            // behind a comma: the arm itself
            let arm = header.rsplit(", ").next().unwrap_or(header);
            let arm = if block.header.ends_with("=>") { arm } else { header };
            arm.split_once("if ").map_or(arm, |(_, condition)| condition).trim().to_owned()
        }
    })
}
