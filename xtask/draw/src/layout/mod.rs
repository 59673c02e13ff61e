//! Columns, rows and the ways of the arrows: what the text picture and the SVG of a story have in common.
//!
//! Every entry has a row of its own, so an arrow's way is free: along the row of its source to a gutter between two
//! columns, down in a track of that gutter, along the row of its target. Tracks never overlap, and no way crosses a text.

mod columns;
mod lines;
mod routes;

use columns::{Columns, Sharing, columns, narrow};
use routes::{Ways, busy, ways};

use text::{pad, width};

use super::glyphs::{numeral, unambiguous};
use super::story::{Entry, Story};
use super::words::Phrase;
use cast::Actor;

pub use columns::Column;
pub use lines::wrap;
pub use routes::{Route, gutter_cells};

/// A drawing with more columns than these gives the threads of a program one column.
const MOST_DRAWN: usize = 5;
/// Cells of the column of times.
pub const TIME_CELLS: usize = 8;

/// What the picture is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A terminal of so many cells: only characters that have one width everywhere.
    Terminal(usize),
    /// A drawing: columns of at most so many cells.
    Drawing(usize),
}

/// Where everything is.
#[derive(Debug)]
pub struct Layout {
    /// From left to right.
    pub columns: Vec<Column>,
    /// From top to bottom, one per entry of the story.
    pub rows: Vec<Row>,
    /// The arrows.
    pub routes: Vec<Route>,
    /// How many tracks each gutter has; gutter `n` is to the right of column `n`.
    pub tracks: Vec<usize>,
}

/// A row.
#[derive(Debug)]
pub struct Row {
    /// Index into the columns.
    pub column: usize,
    /// The terminal that it belongs to: a colour.
    pub terminal: usize,
    /// The name of a program that begins here, in the column of one that has ended.
    pub heading: Option<String>,
    /// Its text, where it has to be broken in several lines.
    pub lines: Vec<String>,
    /// Seconds, where they are shown and differ from the row above.
    pub time: Option<String>,
    /// An arrow arrives and another one leaves on the same side: they need room.
    pub busy: bool,
}

/// The layout that shows as much as the medium has room for.
pub fn lay_out(story: &Story, medium: Medium) -> Layout {
    let shown = story.actors.iter().filter(|actor| actor.shown).count();
    for sharing in [Sharing::Nobody, Sharing::Programs] {
        let crowded = matches!(medium, Medium::Drawing(_)) && shown > MOST_DRAWN;
        if crowded && sharing == Sharing::Nobody {
            continue;
        }
        if let Some(layout) = attempt(story, medium, sharing) {
            return layout;
        }
    }
    attempt(story, medium, Sharing::All).unwrap_or(Layout {
        columns: vec![],
        rows: vec![],
        routes: vec![],
        tracks: vec![],
    })
}

/// The layout with columns shared like this; `None`: they would be too narrow.
fn attempt(story: &Story, medium: Medium, sharing: Sharing) -> Option<Layout> {
    let Columns { mut columns, column_of, headings } = columns(story, sharing);
    let at: Vec<usize> = story.entries.iter().map(|entry| column_of[entry.actor]).collect();
    let Ways { routes, tracks, left_out } = ways(story, &at, columns.len());
    let texts = texts(story, medium, sharing, &left_out);
    for (column, text) in at.iter().zip(&texts) {
        let natural = width(&text.prefix) + width(&text.phrase.full());
        columns[*column].width = columns[*column].width.max(natural);
    }
    match medium {
        Medium::Drawing(most) => {
            for column in &mut columns {
                column.width = column.width.min(most.max(width(&column.name)));
            }
        }
        Medium::Terminal(cells) => {
            let gutters: usize = tracks.iter().map(|tracks| gutter_cells(*tracks)).sum();
            let margin = if shows_times(story) { TIME_CELLS } else { 0 };
            let room = cells.saturating_sub(gutters + margin);
            narrow(&mut columns, room, sharing)?;
        }
    }
    let mut rows = rows(story, &texts, &at, &columns);
    for (index, name) in headings {
        if let Some(row) = rows.get_mut(index) {
            row.heading = Some(name);
        }
    }
    for index in busy(&routes, &at) {
        rows[index].busy = true;
    }
    Some(Layout { columns, rows, routes, tracks })
}

/// What is written in a row, before it is broken in lines.
struct Text {
    prefix: String,
    phrase: Phrase,
}

/// The texts of all entries; where an arrow is left out, its target says where it comes from.
fn texts(
    story: &Story,
    medium: Medium,
    sharing: Sharing,
    left_out: &[(usize, usize)],
) -> Vec<Text> {
    let text = |(index, entry): (usize, &Entry)| {
        let mut phrase = entry.phrase.clone();
        if let Some((from, _)) = left_out.iter().find(|(_, to)| *to == index) {
            let name = &story.actors[story.entries[*from].actor].name;
            phrase.tail.push_str(&format!(" <- {name}"));
        }
        Text { prefix: prefix(story, entry, sharing, medium), phrase: allowed(phrase, medium) }
    };
    story.entries.iter().enumerate().map(text).collect()
}

/// The rows of all entries: no headings yet, and none of them busy.
fn rows(story: &Story, texts: &[Text], at: &[usize], columns: &[Column]) -> Vec<Row> {
    let timed = shows_times(story);
    let mut before = None;
    let mut rows = Vec::new();
    for ((entry, text), column) in story.entries.iter().zip(texts).zip(at) {
        let time = format!("{:.2}", entry.at.as_secs_f64());
        let news = timed && before.as_ref() != Some(&time);
        rows.push(Row {
            column: *column,
            terminal: story.actors[entry.actor].terminal,
            heading: None,
            lines: lines::fit(&text.prefix, &text.phrase, columns[*column].width, entry.tone),
            time: news.then(|| time.clone()),
            busy: false,
        });
        before = Some(time);
    }
    rows
}

/// Whether there are times worth showing.
fn shows_times(story: &Story) -> bool {
    story.timed && story.entries.iter().any(|entry| entry.at.as_millis() >= 10)
}

/// What stands before a phrase: who, where a column is shared, and the step's number.
fn prefix(story: &Story, entry: &Entry, sharing: Sharing, medium: Medium) -> String {
    let actor = &story.actors[entry.actor];
    let mut prefix = String::new();
    match sharing {
        Sharing::Nobody => {}
        Sharing::Programs if actor.parent.is_none() => {}
        Sharing::Programs => prefix = format!("[{}] ", actor.name),
        Sharing::All => {
            let who = |actor: &Actor| {
                let terminal = story.terminals.get(actor.terminal).map_or("", String::as_str);
                match actor.parent {
                    None => terminal.to_owned(),
                    Some(_) => format!("{terminal}/{}", actor.name),
                }
            };
            let shown = story.actors.iter().filter(|actor| actor.shown);
            let widest = shown.map(|actor| width(&who(actor))).max().unwrap_or_default();
            prefix = format!("{} | ", pad(&who(actor), widest));
        }
    }
    if let Some(step) = &entry.step {
        match medium {
            Medium::Drawing(_) => prefix.push_str(&format!("{step} ")),
            Medium::Terminal(_) => prefix.push_str(&format!("{} ", numeral(step))),
        }
    }
    match medium {
        Medium::Terminal(_) => unambiguous(&prefix),
        Medium::Drawing(_) => prefix,
    }
}

/// A phrase in the characters that the medium has.
fn allowed(phrase: Phrase, medium: Medium) -> Phrase {
    match medium {
        Medium::Drawing(_) => phrase,
        Medium::Terminal(_) => Phrase {
            head: unambiguous(&phrase.head),
            quote: phrase.quote.as_deref().map(unambiguous),
            tail: unambiguous(&phrase.tail),
        },
    }
}
