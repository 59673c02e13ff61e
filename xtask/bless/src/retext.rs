//! Another text for a line of a script: the names, gaps and counter that still fit stay where they are.
//!
//! The old text, piece by piece, is laid against the printed line, character by character, such that as few
//! characters of fixed text as possible are taken out or put in. A piece that is not fixed is never taken out.

use course::script::spelling::{Piece, spell};
use course::script::{Bindings, Part, Pattern};

/// Texts that differ in more than this share of their characters are not the same line with another text.
pub const ALIKE: f64 = 0.6;
/// So many steps are worth one line.
const MOST_WORK: usize = 4 << 20;

/// The new text of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Retext {
    /// As the script writes it.
    pub source: String,
    /// The same, parsed.
    pub pattern: Pattern,
    /// The share of the characters that changed, 0 to 1.
    pub change: f64,
    /// What the counter stands for in the printed line.
    pub counter: Option<u64>,
}

/// Changes `old` such that it fits `text`; `None`: too much would change, or an open piece finds no place.
///
/// Names of `known` keep their values. The counter, if there is one, may have any value.
pub fn retext(old: &[Piece], text: &str, known: &Bindings) -> Option<Retext> {
    let chars: Vec<char> = text.chars().collect();
    let table = Table::fill(old, &chars, known)?;
    let (new, counter, edits) = table.follow(old, &chars)?;
    let fixed = |pieces: &[Piece]| {
        pieces.iter().filter(|piece| matches!(piece, Piece::Char(..))).count() as f64
    };
    let change = edits as f64 / (fixed(old) + fixed(&new)).max(1.0);
    let pattern = pattern_of(&new);
    // a name takes the shortest text that fits: perhaps not the one that was meant for it
    let fits = pattern.loosened().matches_alone(text, counter);
    (fits && change <= ALIKE).then(|| Retext { source: spell(&new), pattern, change, counter })
}

/// The pattern that `pieces` stand for.
fn pattern_of(pieces: &[Piece]) -> Pattern {
    let mut parts: Vec<Part> = Vec::new();
    for piece in pieces {
        match (piece, parts.last_mut()) {
            (Piece::Char(c, _), Some(Part::Text(text))) => text.push(*c),
            (Piece::Char(c, _), _) => parts.push(Part::Text((*c).into())),
            (Piece::Open(part, _), _) => parts.push((*part).clone()),
        }
    }
    Pattern { parts }
}

/// The last edit on the cheapest way to a place of the table.
#[derive(Debug, Clone, Copy)]
enum Edit {
    /// The character is the same.
    Same,
    /// Another character stands in its place.
    Other,
    /// A character of the old text is left out.
    Out,
    /// A character of the printed line is put in.
    In,
    /// An open piece stands for so many characters.
    Open(usize),
}

/// A place: pieces used, characters used, and whether the last thing written is of open length.
type Place = (usize, usize, bool);

/// The cheapest way to every place.
struct Table {
    width: usize,
    cells: Vec<Option<(u64, Edit, bool)>>,
}

/// A changed character; an open piece's characters cost next to nothing, so that it takes as few as it can.
const EDIT: u64 = 10_000;

impl Table {
    fn fill(old: &[Piece], chars: &[char], known: &Bindings) -> Option<Table> {
        let width = chars.len() + 1;
        let places = (old.len() + 1) * width;
        if places > MOST_WORK {
            return None;
        }
        let mut table = Table { width, cells: vec![None; places * 2] };
        for at in 0..=old.len() {
            for used in 0..=chars.len() {
                for open in [false, true] {
                    let start = (at, used) == (0, 0) && !open;
                    let cost = match table.cells[table.index((at, used, open))] {
                        Some((cost, ..)) => cost,
                        None if start => 0,
                        None => continue,
                    };
                    if used < chars.len() {
                        table.reach((at, used + 1, false), cost + EDIT, Edit::In, open);
                    }
                    match old.get(at) {
                        None => {}
                        Some(Piece::Char(c, _)) => {
                            table.reach((at + 1, used, open), cost + EDIT, Edit::Out, open);
                            if used < chars.len() {
                                let price = cost + EDIT;
                                table.reach((at + 1, used + 1, false), price, Edit::Other, open);
                            }
                            if chars.get(used) == Some(c) {
                                table.reach((at + 1, used + 1, false), cost, Edit::Same, open);
                            }
                        }
                        Some(Piece::Open(part, _)) => {
                            // two pieces of open length may not touch
                            if open && **part != Part::Counter {
                                continue;
                            }
                            for length in lengths(part, &chars[used..], known) {
                                let place = (at + 1, used + length, **part != Part::Counter);
                                let cost = cost + length as u64;
                                table.reach(place, cost, Edit::Open(length), open);
                            }
                        }
                    }
                }
            }
        }
        Some(table)
    }

    fn index(&self, (at, used, open): Place) -> usize {
        (at * self.width + used) * 2 + usize::from(open)
    }

    fn reach(&mut self, place: Place, cost: u64, edit: Edit, from_open: bool) {
        let index = self.index(place);
        let cell = &mut self.cells[index];
        if cell.is_none_or(|(before, ..)| cost < before) {
            *cell = Some((cost, edit, from_open));
        }
    }

    /// The new pieces, the counter's value, and how many characters changed.
    fn follow<'a>(
        &self,
        old: &[Piece<'a>],
        chars: &[char],
    ) -> Option<(Vec<Piece<'a>>, Option<u64>, u64)> {
        let end = |open| (old.len(), chars.len(), open);
        let cost = |open| self.cells[self.index(end(open))].map(|(cost, ..)| cost);
        // nothing in, nothing out
        if old.is_empty() && chars.is_empty() {
            return Some((Vec::new(), None, 0));
        }
        let open = [false, true].into_iter().filter(|open| cost(*open).is_some());
        let mut place = end(open.min_by_key(|open| cost(*open))?);
        let mut new = Vec::new();
        let mut counter = None;
        let mut edits = 0;
        while (place.0, place.1) != (0, 0) {
            let (_, edit, from_open) = self.cells[self.index(place)]?;
            let (at, used, _) = place;
            place = match edit {
                Edit::Same => {
                    new.push(old[at - 1]);
                    (at - 1, used - 1, from_open)
                }
                Edit::Other => {
                    edits += 2;
                    new.push(Piece::Char(chars[used - 1], None));
                    (at - 1, used - 1, from_open)
                }
                Edit::Out => {
                    edits += 1;
                    (at - 1, used, from_open)
                }
                Edit::In => {
                    edits += 1;
                    new.push(Piece::Char(chars[used - 1], None));
                    (at, used - 1, from_open)
                }
                Edit::Open(length) => {
                    if matches!(old[at - 1], Piece::Open(Part::Counter, _)) {
                        let digits: String = chars[used - length..used].iter().collect();
                        counter = Some(digits.parse().ok()?);
                    }
                    new.push(old[at - 1]);
                    (at - 1, used - length, from_open)
                }
            };
        }
        new.reverse();
        Some((new, counter, edits))
    }
}

/// How many of the characters that come next an open piece may stand for.
fn lengths(part: &Part, chars: &[char], known: &Bindings) -> Vec<usize> {
    let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    match part {
        Part::Text(_) => Vec::new(),
        Part::Any => (0..=chars.len()).collect(),
        // a number ends where its digits end, and is written without zeros before it
        Part::Counter if digits > 1 && chars[0] == '0' => Vec::new(),
        Part::Counter => (digits > 0).then_some(digits).into_iter().collect(),
        Part::Name { name, kind } => match known.get(name) {
            Some(value) => {
                let value: Vec<char> = value.chars().collect();
                chars.starts_with(&value).then_some(value.len()).into_iter().collect()
            }
            None if kind.is_digits() => (digits > 0).then_some(digits).into_iter().collect(),
            None => (1..=chars.len()).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::script::parse;
    use course::script::spelling::{Line, pieces};

    /// `old` as it is written anew for `text`; "-": not the same line.
    fn again(old: &str, text: &str) -> String {
        let line = format!("主 | {old}");
        let script = parse(&format!("场景 甲\n主 $ lesson-x\n{line}\n")).unwrap();
        let expected = &script.scenes[0].lines[0];
        let pieces = pieces(Line::of(3, &line).printed().unwrap().1.text, &expected.pattern);
        retext(&pieces, text, &Bindings::new()).map_or("-".to_owned(), |new| new.source)
    }

    #[test]
    fn names_gaps_and_counters_stay_where_they_are() {
        for (old, text, new) in [
            ("我很喜换！", "我很喜欢！", "我很喜欢！"),
            (
                "来自127.0.0.1:<端口:数>的信息:好",
                "收到127.0.0.1:4711的消息:好",
                "收到127.0.0.1:<端口:数>的消息:好",
            ),
            ("正在敲第{1..19}遍代码", "正在写第7遍代码", "正在写第{1..19}遍代码"),
            ("错误：<..>守护<..>", "错误：看不懂，守候进程", "错误：<..>守候<..>"),
            (
                "p1进程的pid<p1:数>,<p1>,ppid:<main>",
                "p1的pid是12,12，ppid:7",
                "p1的pid是<p1:数>,<p1>，ppid:<main>",
            ),
            ("<<a> {{b}", "<a> {b} {c}", "<<a> {{b} {{c}"),
            ("<空格>缩进", " 缩进了", "<空格>缩进了"),
        ] {
            assert_eq!(again(old, text), new, "{old} -> {text}");
        }
    }

    #[test]
    fn another_line_is_not_taken_for_a_new_text() {
        assert_eq!(again("客户端收到:welcome", "程序结束"), "-");
        assert_eq!(again("端口 <端口:数>", "端口没有"), "-", "a name finds no number");
        assert_eq!(again("第{1..5}遍", "第一遍"), "-", "the counter finds no number");
    }

    #[test]
    fn a_known_value_says_where_its_name_stands() {
        let line = "主 | 你好<名>！";
        let script = parse(&format!("场景 甲\n主 $ lesson-x\n{line}\n")).unwrap();
        let pattern = &script.scenes[0].lines[0].pattern;
        let pieces = pieces(Line::of(3, line).printed().unwrap().1.text, pattern);
        let known = Bindings::from([("名".to_owned(), "小明".to_owned())]);
        let new = retext(&pieces, "你好啊，小明！！", &known).unwrap();
        assert_eq!(new.source, "你好啊，<名>！！");
    }
}
