//! What one lane printed against what its script says: the cheapest set of changes that makes them agree.

use std::ops::RangeInclusive;

use course::script::spelling::Piece;
use course::script::{Bindings, Expected, NameKind, Part, Pattern};

use super::retext::{Retext, retext};

/// More comparisons than this are not made for one lane.
const MOST_WORK: usize = 200_000;
/// Up to this many equal lines in a row are looked at one by one.
const MOST_SINGLE: u64 = 32;

/// A line of the script, as one lane has it.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// What is expected.
    pub expected: &'a Expected,
    /// How it is written.
    pub pieces: Vec<Piece<'a>>,
    /// It says how many times (`次`).
    pub counted: bool,
}

/// Lines that a lane printed: one, or many equal ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The text.
    pub text: String,
    /// How many times in a row.
    pub count: u64,
    /// The event that shows it (the first of them).
    pub event: usize,
}

/// What becomes of a line of the script.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// It is left out.
    pub gone: bool,
    /// It has another text, as the script writes it.
    pub text: Option<String>,
    /// It comes another number of times.
    pub times: Option<RangeInclusive<u64>>,
    /// Its counter has other ends.
    pub counter: Option<RangeInclusive<u64>>,
}

/// A line that is new in the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// It stands before this item; after the last one, if there is none of this index.
    pub before: usize,
    /// What was printed.
    pub printed: Printed,
    /// The item that stood elsewhere and says the same.
    pub moved: Option<usize>,
}

/// Everything that changes in one lane.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Alignment {
    /// One per item.
    pub changes: Vec<Change>,
    /// In order.
    pub new: Vec<New>,
}

/// Any text that an item's pattern fits whatever its names and its counter stand for.
pub fn with_free_counter(pattern: &Pattern) -> Pattern {
    let mut free = pattern.loosened();
    for part in &mut free.parts {
        if *part == Part::Counter {
            *part = Part::Name { name: COUNTER.to_owned(), kind: NameKind::Number };
        }
    }
    free
}

/// No name of a script has this character.
const COUNTER: &str = "#";

/// Finds the cheapest changes. `cut`: the scene was ended early, so what is lacking at the end says nothing.
/// `None`: too much to compare.
pub fn align(
    items: &[Item],
    printed: &[Printed],
    cut: bool,
    known: &Bindings,
) -> Option<Alignment> {
    let printed = in_single_lines(printed);
    if (items.len() + 1) * (printed.len() + 1) > MOST_WORK {
        return None;
    }
    let mut search = Search::new(items, &printed, cut, known);
    search.run();
    Some(search.result())
}

/// Equal neighbours joined, and short runs taken apart again.
fn in_single_lines(printed: &[Printed]) -> Vec<Printed> {
    let mut joined: Vec<Printed> = Vec::new();
    for one in printed {
        match joined.last_mut() {
            Some(last) if last.text == one.text => last.count += one.count,
            _ => joined.push(one.clone()),
        }
    }
    let single = |one: Printed| -> Vec<Printed> {
        match one.count {
            0..=MOST_SINGLE => vec![Printed { count: 1, ..one.clone() }; one.count as usize],
            _ => vec![one],
        }
    };
    joined.into_iter().flat_map(single).collect()
}

/// The last edit on the cheapest way to a place.
#[derive(Debug, Clone)]
enum Edit {
    /// A printed line is new.
    New,
    /// An item is left out, or, free of charge, was never due.
    Gone(bool),
    /// An item stands for so many of the printed lines.
    Use { length: usize, change: Change },
}

#[derive(Debug, Clone)]
struct Cell {
    cost: f64,
    edit: Option<Edit>,
}

struct Search<'a> {
    items: &'a [Item<'a>],
    printed: &'a [Printed],
    cut: bool,
    known: &'a Bindings,
    /// (items + 1) rows of (printed + 1) cells.
    cells: Vec<Cell>,
}

/// A line more or less.
const LINE: f64 = 1.0;
/// Another count or other ends of a counter.
const COUNT: f64 = 0.8;
/// Another text, beside the share of it that changed.
const TEXT: f64 = 0.3;

impl<'a> Search<'a> {
    fn new(
        items: &'a [Item<'a>],
        printed: &'a [Printed],
        cut: bool,
        known: &'a Bindings,
    ) -> Search<'a> {
        let places = (items.len() + 1) * (printed.len() + 1);
        let mut cells = vec![Cell { cost: f64::INFINITY, edit: None }; places];
        cells[0].cost = 0.0;
        Search { items, printed, cut, known, cells }
    }

    fn index(&self, item: usize, line: usize) -> usize {
        item * (self.printed.len() + 1) + line
    }

    fn reach(&mut self, item: usize, line: usize, cost: f64, edit: Edit) {
        let index = self.index(item, line);
        if cost < self.cells[index].cost {
            self.cells[index] = Cell { cost, edit: Some(edit) };
        }
    }

    fn run(&mut self) {
        for item in 0..=self.items.len() {
            for line in 0..=self.printed.len() {
                let cost = self.cells[self.index(item, line)].cost;
                if let Some(one) = self.items.get(item) {
                    self.use_item(one, item, line, cost);
                    let may_lack = *one.expected.times.start() == 0;
                    let free = may_lack || (self.cut && line == self.printed.len());
                    let price = if free { 0.0 } else { LINE };
                    self.reach(item + 1, line, cost + price, Edit::Gone(!free));
                }
                if line < self.printed.len() {
                    self.reach(item, line + 1, cost + LINE, Edit::New);
                }
            }
        }
    }

    /// Every number of lines that the item may stand for from here on.
    fn use_item(&mut self, one: &Item, item: usize, line: usize, cost: f64) {
        let Some(first) = self.printed.get(line) else { return };
        let fits = with_free_counter(&one.expected.pattern);
        let bound = fits.matches(&first.text, None, &Bindings::new());
        let (pattern, text, value, price) = match bound {
            Some(bound) => {
                let value = bound.get(COUNTER).and_then(|value| value.parse().ok());
                (one.expected.pattern.clone(), None, value, 0.0)
            }
            None => match self.other_text(one, &first.text) {
                Some(new) => {
                    let price = TEXT + new.change;
                    (new.pattern, Some(new.source), new.counter, price)
                }
                None => return,
            },
        };
        let loose = pattern.loosened();
        let mut total = 0;
        for (length, next) in self.printed[line..].iter().enumerate() {
            let counter = match (one.expected.counter, value) {
                (Some(_), Some(value)) => Some(value + total),
                (Some(_), None) => return,
                (None, _) => None,
            };
            // a counter goes on with every line; a gap is no reason to take in what looks different
            let again = length == 0 || loose.matches_alone(&next.text, counter);
            if !again || (counter.is_some() && next.count > 1) {
                break;
            }
            total += next.count;
            let at_end = self.cut && line + length + 1 == self.printed.len();
            let change = Change { text: text.clone(), ..Change::default() };
            let Some((change, count_price)) = counted(one, total, value, at_end, change) else {
                continue;
            };
            let edit = Edit::Use { length: length + 1, change };
            self.reach(item + 1, line + length + 1, cost + price + count_price, edit);
        }
    }

    fn other_text(&self, one: &Item, text: &str) -> Option<Retext> {
        retext(&one.pieces, text, self.known)
            .or_else(|| retext(&one.pieces, text, &Bindings::new()))
    }

    /// The changes on the cheapest way.
    fn result(&self) -> Alignment {
        let mut found =
            Alignment { changes: vec![Change::default(); self.items.len()], new: Vec::new() };
        let (mut item, mut line) = (self.items.len(), self.printed.len());
        while let Some(edit) = &self.cells[self.index(item, line)].edit {
            match edit {
                Edit::New => {
                    line -= 1;
                    let printed = self.printed[line].clone();
                    found.new.push(New { before: item, printed, moved: None });
                }
                Edit::Gone(gone) => {
                    item -= 1;
                    found.changes[item].gone = *gone;
                }
                Edit::Use { length, change } => {
                    item -= 1;
                    line -= length;
                    found.changes[item] = change.clone();
                }
            }
        }
        found.new.reverse();
        self.find_moved(&mut found);
        join_equal(&mut found.new);
        found
    }

    /// A line that is gone here and new there has only moved: it keeps its names.
    fn find_moved(&self, found: &mut Alignment) {
        for (index, item) in self.items.iter().enumerate() {
            let Expected { pattern, times, counter: None, .. } = item.expected else { continue };
            if !found.changes[index].gone || *times != (1..=1) {
                continue;
            }
            let same = |new: &&mut New| {
                new.moved.is_none() && pattern.loosened().matches_alone(&new.printed.text, None)
            };
            if let Some(new) = found.new.iter_mut().find(same) {
                new.moved = Some(index);
            }
        }
    }
}

/// Equal new lines in a row become one line with a count.
fn join_equal(new: &mut Vec<New>) {
    new.dedup_by(|next, last| {
        let same = next.before == last.before
            && next.printed.text == last.printed.text
            && next.moved.is_none()
            && last.moved.is_none();
        if same {
            last.printed.count += next.printed.count;
        }
        same
    });
}

/// What changes when the item stands for `total` lines, the first of them with the counter at `value`.
fn counted(
    item: &Item,
    total: u64,
    value: Option<u64>,
    at_end: bool,
    change: Change,
) -> Option<(Change, f64)> {
    let times = &item.expected.times;
    let starts_right = item.expected.counter == value || item.expected.counter.is_none();
    let enough = times.contains(&total) || (at_end && total < *times.start());
    if starts_right && enough {
        return Some((change, 0.0));
    }
    if item.expected.counter.is_some() {
        let first = value?;
        return Some((Change { counter: Some(first..=first + total - 1), ..change }, COUNT));
    }
    // lines with names or gaps differ from each other: only a count says that they are one
    if !item.counted && !item.expected.pattern.is_fixed() {
        return None;
    }
    let wider = match times.start() == times.end() {
        true => total..=total,
        false => *times.start().min(&total)..=*times.end().max(&total),
    };
    Some((Change { times: Some(wider), ..change }, COUNT))
}
