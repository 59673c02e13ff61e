//! Which lane of a terminal printed which line, when some of the lines are not the script's.

use std::collections::BTreeMap;

use course::script::{Bindings, Scene};
use events::{Line, Source};

use super::align::{Item, Printed, with_free_counter};
use super::retext::retext;

/// What every lane of one terminal printed; `None` is the program's own lane, if the script has no line of it yet.
pub type Shares = BTreeMap<Option<usize>, Vec<Printed>>;

/// A line that may come from several lanes.
#[derive(Debug, PartialEq, Eq)]
pub struct Doubtful {
    /// Index of its event.
    pub event: usize,
    /// Its text.
    pub text: String,
}

/// Deals the lines of a terminal out to its lanes, in the order in which they came.
///
/// # Errors
/// A line that may come from several lanes.
pub fn deal(
    scene: &Scene,
    terminal: usize,
    items: &BTreeMap<usize, Vec<Item>>,
    lines: &[(usize, &Line)],
) -> Result<Shares, Doubtful> {
    let own = (0..scene.lanes.len())
        .find(|lane| scene.lanes[*lane].terminal == terminal && scene.lanes[*lane].name.is_none());
    let lanes: Vec<Lane> = items.iter().map(|(lane, items)| Lane::new(*lane, items)).collect();
    let mut dealer = Dealer { lanes, printers: BTreeMap::new() };
    let known: Vec<Option<usize>> =
        lines.iter().map(|(_, line)| dealer.script_line(line)).collect();
    let mut shares = Shares::new();
    for ((event, line), known) in lines.iter().zip(known) {
        let lane = match known.or_else(|| dealer.other_line(line)) {
            Some(lane) => Some(lane),
            // a line that is like nothing in the script: the program's own lane
            None if own.is_some() || dealer.lanes.is_empty() => own,
            None if dealer.lanes.len() == 1 => Some(dealer.lanes[0].lane),
            None => return Err(Doubtful { event: *event, text: line.text.clone() }),
        };
        let printed = Printed { text: line.text.clone(), count: line.count, event: *event };
        shares.entry(lane).or_default().push(printed);
    }
    Ok(shares)
}

/// A lane and how far it has come.
struct Lane<'a> {
    /// Index into [`Scene::lanes`].
    lane: usize,
    items: &'a [Item<'a>],
    /// Of every item: how often it was printed.
    printed: Vec<u64>,
    /// The item that was printed last.
    last: usize,
}

impl<'a> Lane<'a> {
    fn new(lane: usize, items: &'a [Item<'a>]) -> Lane<'a> {
        Lane { lane, items, printed: vec![0; items.len()], last: 0 }
    }

    /// The item that `text` is a line of, and how little it is expected just now.
    fn find(&self, text: &str) -> Option<(usize, (bool, usize, u64))> {
        let surprise = |(index, item): (usize, &Item)| {
            let printed = self.printed[index];
            let fits = with_free_counter(&item.expected.pattern).matches_alone(text, None);
            let due = item.expected.pattern.matches_alone(text, item.expected.counter_at(printed))
                && printed < *item.expected.times.end();
            let away = if index < self.last { self.items.len() } else { index - self.last };
            fits.then_some((index, (!due, away, printed)))
        };
        self.items.iter().enumerate().filter_map(surprise).min_by_key(|(_, surprise)| *surprise)
    }
}

struct Dealer<'a> {
    lanes: Vec<Lane<'a>>,
    /// Who printed lines of the script, if the observer could tell.
    printers: BTreeMap<(i32, i32), usize>,
}

impl Dealer<'_> {
    /// The lane that has a line which `line` fits.
    fn script_line(&mut self, line: &Line) -> Option<usize> {
        let found = self.lanes.iter().enumerate().filter_map(|(index, lane)| {
            let (item, surprise) = lane.find(&line.text)?;
            Some((surprise, index, item))
        });
        let (_, index, item) = found.min()?;
        let lane = &mut self.lanes[index];
        lane.printed[item] += line.count;
        lane.last = item;
        let number = lane.lane;
        if let Some(Source { pid, tid }) = line.source {
            self.printers.entry((pid, tid)).or_insert(number);
        }
        Some(number)
    }

    /// The lane whose lines are the most like `line`, if there is one and no other is as much like it.
    fn other_line(&self, line: &Line) -> Option<usize> {
        let printer = line.source.and_then(|Source { pid, tid }| self.printers.get(&(pid, tid)));
        if let Some(lane) = printer {
            return Some(*lane);
        }
        // first the lines that never came: one of them may have a new text
        self.most_alike(&line.text, |printed| printed == 0)
            .or_else(|| self.most_alike(&line.text, |_| true))
    }

    fn most_alike(&self, text: &str, wanted: impl Fn(u64) -> bool) -> Option<usize> {
        let mut best: Vec<(f64, usize)> = Vec::new();
        for lane in &self.lanes {
            let items = lane.items.iter().zip(&lane.printed).filter(|(_, count)| wanted(**count));
            let changes = items
                .filter_map(|(item, _)| retext(&item.pieces, text, &Bindings::new()))
                .map(|new| new.change);
            best.extend(changes.min_by(f64::total_cmp).map(|change| (change, lane.lane)));
        }
        best.sort_by(|a, b| a.0.total_cmp(&b.0));
        match best.as_slice() {
            [only] => Some(only.1),
            [first, second, ..] if first.0 < second.0 => Some(first.1),
            _ => None,
        }
    }
}
