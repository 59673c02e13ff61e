//! A text that has to fit on a screen: what matters least gives way first.

use anstream::adapter::strip_str;

use text::{chop, fitting, hang, width};

/// Lines that belong together.
#[derive(Debug)]
pub struct Piece {
    pub lines: Vec<String>,
    /// So many stay whatever happens.
    pub least: usize,
    /// Gives way all or not at all: half of it would say nothing.
    pub whole: bool,
    /// The least worth gives way first.
    pub worth: u8,
}

impl Piece {
    /// Of which at least `least` lines stay.
    pub fn new(worth: u8, least: usize, lines: Vec<String>) -> Piece {
        Piece { lines, least, whole: false, worth }
    }

    /// That stays as it is, or goes.
    pub fn whole(worth: u8, lines: Vec<String>) -> Piece {
        Piece { lines, least: 0, whole: true, worth }
    }

    /// With at most `most` lines, however much room there is.
    pub fn at_most(mut self, most: usize, cells: usize) -> Piece {
        let excess = self.lines.len().saturating_sub(most);
        self.give_way(excess, cells);
        self
    }

    /// Takes up to `excess` lines away; returns how many.
    fn give_way(&mut self, excess: usize, cells: usize) -> usize {
        let before = self.lines.len();
        let away = excess.min(before.saturating_sub(self.least));
        match () {
            () if away == 0 => {}
            () if self.whole => self.lines.clear(),
            () => {
                self.lines.truncate(before - away);
                if let Some(last) = self.lines.last_mut() {
                    *last = fitting(&format!("{}……", strip_str(last)), cells);
                }
            }
        }
        before - self.lines.len()
    }
}

/// The lines of all pieces, at most `room` if that can be.
pub fn fitted(mut pieces: Vec<Piece>, room: usize, cells: usize) -> Vec<String> {
    let mut lines: usize = pieces.iter().map(|piece| piece.lines.len()).sum();
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by_key(|index| pieces[*index].worth);
    for index in order {
        lines -= pieces[index].give_way(lines.saturating_sub(room), cells);
    }
    pieces.into_iter().flat_map(|piece| piece.lines).collect()
}

/// A sentence behind `label`, broken between words; what follows stands below its beginning.
pub fn sentence(label: &str, text: &str, cells: usize) -> Vec<String> {
    let room = cells - width(label);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let hung = hang(&text, room);
    below(label, hung.lines().flat_map(|line| chop(line, room)))
}

/// What is quoted, behind `label`: every space of it counts.
pub fn quoted(label: &str, text: &str, cells: usize) -> Vec<String> {
    let room = cells - width(label);
    below(label, text.lines().flat_map(|line| chop(line, room)))
}

fn below<'a>(label: &str, lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let margin = " ".repeat(width(label));
    let labels = std::iter::once(label).chain(std::iter::repeat(margin.as_str()));
    labels.zip(lines).map(|(label, line)| format!("{label}{line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_matters_least_gives_way_first_and_says_so() {
        let pieces = || {
            vec![
                Piece::new(9, 1, lines(&["题"])),
                Piece::new(5, 2, lines(&["一", "二", "三", "四"])),
                Piece::whole(3, lines(&["甲", "乙"])),
            ]
        };
        assert_eq!(fitted(pieces(), 7, 80).len(), 7);
        assert_eq!(fitted(pieces(), 6, 80), ["题", "一", "二", "三", "四"]);
        assert_eq!(fitted(pieces(), 4, 80), ["题", "一", "二", "三……"]);
        // the least stays
        assert_eq!(fitted(pieces(), 1, 80), ["题", "一", "二……"]);
    }

    #[test]
    fn a_sentence_stands_below_its_beginning() {
        assert_eq!(
            sentence("  说：", "一二三，四五", 12),
            ["  说：一二", "      三，四", "      五"]
        );
        assert_eq!(quoted("  ", "a  b  c", 5), ["  a  ", "  b  ", "  c"]);
        let path = "/very/long/path/without/any/space".repeat(3);
        assert!(sentence("  ", &path, 20).iter().all(|line| width(line) <= 20));
    }
}
