//! A script's text with edits: what is not edited stays as it is, byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use course::script::spelling::Spelling;

/// The text and what is to become of its lines (numbered from 1).
#[derive(Debug)]
pub struct Draft<'a> {
    spelling: &'a Spelling<'a>,
    replaced: BTreeMap<usize, String>,
    removed: BTreeSet<usize>,
    inserted: BTreeMap<usize, Vec<String>>,
}

impl<'a> Draft<'a> {
    /// Nothing edited yet.
    pub fn new(spelling: &'a Spelling<'a>) -> Draft<'a> {
        Draft {
            spelling,
            replaced: BTreeMap::new(),
            removed: BTreeSet::new(),
            inserted: BTreeMap::new(),
        }
    }

    /// The line as it is now.
    pub fn line(&self, number: usize) -> &str {
        match self.replaced.get(&number) {
            Some(text) => text,
            None => self.spelling.lines.get(number - 1).map_or("", |line| line.text),
        }
    }

    /// Another text for a line.
    pub fn replace(&mut self, number: usize, text: String) {
        self.replaced.insert(number, text);
    }

    /// Leaves a line out.
    pub fn remove(&mut self, number: usize) {
        self.removed.insert(number);
    }

    /// A new line below another one, and below those that were put there before.
    pub fn insert_after(&mut self, number: usize, text: String) {
        self.inserted.entry(number).or_default().push(text);
    }

    /// Whether a line is to be left out.
    pub fn is_removed(&self, number: usize) -> bool {
        self.removed.contains(&number)
    }

    /// The edited text.
    pub fn finish(&self) -> String {
        let usual = self.spelling.lines.first().map_or("\n", |line| line.ending);
        let usual = if usual.is_empty() { "\n" } else { usual };
        let mut lines: Vec<(&str, &str)> = Vec::new();
        for line in &self.spelling.lines {
            let (number, ending) = (line.number, line.ending);
            if !self.removed.contains(&number) {
                lines.push((self.line(number), ending));
            }
            for new in self.inserted.get(&number).into_iter().flatten() {
                // the last line of a file may have no newline: then the new last one has none
                let ending = if ending.is_empty() { "" } else { usual };
                if let Some((_, before)) = lines.last_mut().filter(|(_, before)| before.is_empty())
                {
                    *before = usual;
                }
                lines.push((new, ending));
            }
        }
        let lines = lines.into_iter().flat_map(|(text, ending)| [text, ending]);
        [self.spelling.bom].into_iter().chain(lines).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_edited_stays_byte_for_byte() {
        for text in ["", "a", "a\n", "a\r\n\r\n b \r\nc", "\u{feff}a\n\n"] {
            assert_eq!(Draft::new(&Spelling::of(text)).finish(), text);
        }
    }

    #[test]
    fn edits_keep_the_endings_of_the_file() {
        let spelling = Spelling::of("a\r\nb\r\nc");
        let mut draft = Draft::new(&spelling);
        draft.replace(1, "A".into());
        draft.remove(2);
        draft.insert_after(2, "x".into());
        draft.insert_after(3, "y".into());
        draft.insert_after(3, "z".into());
        assert_eq!(draft.line(1), "A");
        assert_eq!(draft.finish(), "A\r\nx\r\nc\r\ny\r\nz");
    }
}
