//! Columns, rows and the ways of the arrows: what the text picture and the SVG of a story have in common.
//!
//! Every entry has a row of its own, so an arrow's way is free: along the row of its source to a gutter between two
//! columns, down in a track of that gutter, along the row of its target. Tracks never overlap, and no way crosses a text.

use super::story::{Entry, Story, Tone};
use super::wire::Why;
use super::words::Phrase;
use crate::report::width;
use crate::steps::number;

/// A column is never narrower, or all programs share one column.
const NARROWEST: usize = 18;
/// So many arrows may run down side by side in one gutter.
const MOST_TRACKS: usize = 4;
/// A drawing with more columns than these gives the threads of a program one column.
const MOST_DRAWN: usize = 5;
/// Continuation lines begin so far to the right.
const INDENT: usize = 2;

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

/// A column.
#[derive(Debug)]
pub struct Column {
    /// What stands above it.
    pub name: String,
    /// How many cells it has.
    pub width: usize,
    /// The terminal that it belongs to: a colour.
    pub terminal: usize,
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

/// The way of an arrow.
#[derive(Debug)]
pub struct Route {
    /// Index of the row where it begins.
    pub from: usize,
    /// Index of the row where it ends.
    pub to: usize,
    /// The gutter in which it runs down.
    pub gutter: usize,
    /// Its track there.
    pub track: usize,
    /// What it means.
    pub why: Why,
}

/// Cells of a gutter with so many tracks.
pub fn gutter_cells(tracks: usize) -> usize {
    if tracks == 0 { 3 } else { 5 + 2 * tracks }
}

/// How entries share columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    /// Everybody has a column.
    Nobody,
    /// The processes and threads of a program share one.
    Programs,
    /// All share one.
    All,
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

fn attempt(story: &Story, medium: Medium, sharing: Sharing) -> Option<Layout> {
    let Columns { mut columns, column_of, headings } = columns(story, sharing);
    let at: Vec<usize> = story.entries.iter().map(|entry| column_of[entry.actor]).collect();
    let Ways { routes, tracks, left_out } = ways(story, &at, columns.len());
    let phrases: Vec<(String, Phrase)> = story
        .entries
        .iter()
        .enumerate()
        .map(|(index, entry)| {
            let mut phrase = entry.phrase.clone();
            if let Some(from) = left_out.iter().find(|(_, to)| *to == index).map(|(from, _)| *from)
            {
                let name = &story.actors[story.entries[from].actor].name;
                phrase.tail.push_str(&format!(" <- {name}"));
            }
            (prefix(story, entry, sharing, medium), allowed(phrase, medium))
        })
        .collect();
    for (column, (prefix, phrase)) in at.iter().zip(&phrases) {
        let natural = width(prefix) + width(&phrase.full());
        columns[*column].width = columns[*column].width.max(natural);
    }
    let timed = shows_times(story);
    match medium {
        Medium::Drawing(most) => {
            for column in &mut columns {
                column.width = column.width.min(most.max(width(&column.name)));
            }
        }
        Medium::Terminal(cells) => {
            let gutters: usize = tracks.iter().map(|tracks| gutter_cells(*tracks)).sum();
            let margin = if timed { TIME_CELLS } else { 0 };
            let room = cells.saturating_sub(gutters + margin);
            narrow(&mut columns, room, sharing)?;
        }
    }
    let busy = busy(&routes, &at);
    let mut rows: Vec<Row> = Vec::new();
    let mut before = None;
    for (index, (prefix, phrase)) in phrases.iter().enumerate() {
        let time = format!("{:.2}", story.entries[index].at.as_secs_f64());
        let news = timed && before.as_ref() != Some(&time);
        let Entry { actor, tone, .. } = &story.entries[index];
        let begins = headings.iter().find(|(entry, _)| *entry == index);
        rows.push(Row {
            column: at[index],
            terminal: story.actors[*actor].terminal,
            heading: begins.map(|(_, name)| name.clone()),
            lines: fit(prefix, phrase, columns[at[index]].width, *tone),
            time: news.then(|| time.clone()),
            busy: busy.contains(&index),
        });
        before = Some(time);
    }
    Some(Layout { columns, rows, routes, tracks })
}

/// Cells of the column of times.
pub const TIME_CELLS: usize = 8;

/// Whether there are times worth showing.
fn shows_times(story: &Story) -> bool {
    story.timed && story.entries.iter().any(|entry| entry.at.as_millis() >= 10)
}

/// Who is where.
struct Columns {
    columns: Vec<Column>,
    /// The column of each actor.
    column_of: Vec<usize>,
    /// Entries with which a program takes over the column of one that has ended, and its name.
    headings: Vec<(usize, String)>,
}

/// The columns, and in which of them each actor is.
fn columns(story: &Story, sharing: Sharing) -> Columns {
    let lives = lives(story);
    let mut headings = Vec::new();
    let mut order: Vec<usize> =
        (0..story.actors.len()).filter(|actor| story.actors[*actor].shown).collect();
    order.sort_by_key(|actor| (story.actors[*actor].terminal, *actor));
    let mut columns: Vec<Column> = Vec::new();
    let mut column_of = vec![0; story.actors.len()];
    for actor in order {
        let one = &story.actors[actor];
        let terminal = story.terminals.get(one.terminal).map_or("", String::as_str);
        let known = match sharing {
            Sharing::Nobody => None,
            Sharing::Programs => columns.iter().position(|column| column.terminal == one.terminal),
            Sharing::All => (!columns.is_empty()).then_some(0),
        };
        let left =
            if known.is_none() { left_by(story, &lives, one.terminal, &columns) } else { None };
        if let Some(column) = left {
            columns[column].terminal = one.terminal;
            columns[column].width = columns[column].width.max(width(terminal));
            headings.push((lives[one.terminal].map_or(0, |(first, _)| first), terminal.to_owned()));
        }
        let known = known.or(left);
        column_of[actor] = known.unwrap_or(columns.len());
        if known.is_some() {
            continue;
        }
        let secondary = sharing == Sharing::Nobody && one.parent.is_some();
        let name = match sharing {
            Sharing::All => String::new(),
            Sharing::Nobody if secondary && story.terminals.len() > 1 => {
                format!("{terminal}/{}", one.name)
            }
            Sharing::Nobody => one.name.clone(),
            Sharing::Programs => terminal.to_owned(),
        };
        columns.push(Column { width: width(&name), name, terminal: one.terminal });
    }
    // above stands the first one's name
    for (index, column) in columns.iter_mut().enumerate() {
        let here = |actor: &usize| story.actors[*actor].shown && column_of[*actor] == index;
        let first = (0..story.actors.len()).find(here);
        column.terminal = first.map_or(0, |actor| story.actors[actor].terminal);
    }
    Columns { columns, column_of, headings }
}

/// The first and the last entry of each terminal.
fn lives(story: &Story) -> Vec<Option<(usize, usize)>> {
    let mut lives = vec![None; story.terminals.len()];
    for (index, entry) in story.entries.iter().enumerate() {
        let terminal = story.actors[entry.actor].terminal;
        if let Some(life) = lives.get_mut(terminal) {
            let (first, _) = life.unwrap_or((index, index));
            *life = Some((first, index));
        }
    }
    lives
}

/// The column of a program that had ended before this one began. Both are alone in theirs.
fn left_by(
    story: &Story,
    lives: &[Option<(usize, usize)>],
    terminal: usize,
    columns: &[Column],
) -> Option<usize> {
    let alone = |terminal: usize| {
        let mine = story.actors.iter().filter(|actor| actor.shown && actor.terminal == terminal);
        mine.count() == 1
    };
    let (first, _) = (*lives.get(terminal)?)?;
    let over = |column: &Column| {
        lives.get(column.terminal).copied().flatten().is_some_and(|(_, last)| last < first)
    };
    let free = |column: &Column| alone(column.terminal) && over(column);
    alone(terminal).then(|| columns.iter().position(free)).flatten()
}

/// The ways of all arrows.
struct Ways {
    routes: Vec<Route>,
    /// Per gutter.
    tracks: Vec<usize>,
    /// Arrows (from, to) for which there is no room: a word at the target says where they come from.
    left_out: Vec<(usize, usize)>,
}

fn ways(story: &Story, at: &[usize], columns: usize) -> Ways {
    let mut taken: Vec<Vec<usize>> = vec![vec![]; columns.saturating_sub(1)];
    let mut routes = Vec::new();
    let mut left_out = Vec::new();
    for arrow in &story.arrows {
        let (from, to) = (at[arrow.from], at[arrow.to]);
        if from == to {
            if columns == 1 && arrow.why != Why::Birth {
                left_out.push((arrow.from, arrow.to));
            }
            continue;
        }
        let gutter = if from < to { from } else { from - 1 };
        let tracks = &mut taken[gutter];
        let free = tracks.iter().position(|until| *until < arrow.from);
        let track = match free {
            Some(track) => track,
            None if tracks.len() < MOST_TRACKS => {
                tracks.push(0);
                tracks.len() - 1
            }
            None => {
                left_out.push((arrow.from, arrow.to));
                continue;
            }
        };
        tracks[track] = arrow.to;
        routes.push(Route { from: arrow.from, to: arrow.to, gutter, track, why: arrow.why });
    }
    Ways { routes, tracks: taken.iter().map(Vec::len).collect(), left_out }
}

/// The rows at which one arrow arrives and another one leaves on the same side.
fn busy(routes: &[Route], at: &[usize]) -> Vec<usize> {
    let rightward = |from: usize, to: usize| at[from] < at[to];
    let meet = |one: &Route, other: &Route| {
        one.to == other.from && rightward(one.from, one.to) != rightward(other.from, other.to)
    };
    let rows = routes.iter().filter(|one| routes.iter().any(|other| meet(one, other)));
    rows.map(|one| one.to).collect()
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
            let who = |actor: &super::actors::Actor| {
                let terminal = story.terminals.get(actor.terminal).map_or("", String::as_str);
                match actor.parent {
                    None => terminal.to_owned(),
                    Some(_) => format!("{terminal}/{}", actor.name),
                }
            };
            let shown = story.actors.iter().filter(|actor| actor.shown);
            let widest = shown.map(|actor| width(&who(actor))).max().unwrap_or_default();
            prefix = format!("{} | ", crate::report::pad(&who(actor), widest));
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

/// `④` as `(4)`, `①②③` as `(1-3)`.
fn numeral(step: &str) -> String {
    let number = |c| number(c).unwrap_or_default();
    let mut digits = step.chars();
    match (digits.next(), digits.next_back()) {
        (Some(first), Some(last)) => format!("({}-{})", number(first), number(last)),
        (Some(first), None) => format!("({})", number(first)),
        _ => String::new(),
    }
}

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

/// A text without characters that take one cell in some terminals and two in others.
pub fn unambiguous(text: &str) -> String {
    use unicode_width::UnicodeWidthChar;
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '①'..='⑳' => shown.push_str(&numeral(&c.to_string())),
            '“' | '”' => shown.push('"'),
            '‘' | '’' => shown.push('\''),
            '…' => shown.push_str(".."),
            '—' | '–' => shown.push('-'),
            '·' => shown.push('.'),
            '×' => shown.push('x'),
            c if c.width() != c.width_cjk() => shown.push('?'),
            c => shown.push(c),
        }
    }
    shown
}

/// Makes the widest columns narrower until all fit; `None`: they would be too narrow to read.
fn narrow(columns: &mut [Column], room: usize, sharing: Sharing) -> Option<()> {
    let total = |columns: &[Column], most: usize| -> usize {
        columns.iter().map(|column| column.width.min(most)).sum()
    };
    let widest = columns.iter().map(|column| column.width).max().unwrap_or_default();
    let most = (1..=widest).rev().find(|most| total(columns, *most) <= room).unwrap_or(0);
    if most < NARROWEST && most < widest && sharing != Sharing::All {
        return None;
    }
    for column in columns {
        column.width = column.width.min(most.max(NARROWEST));
    }
    Some(())
}

/// A phrase in as few lines as it takes, at most two, or more in a narrow column; what was printed or failed gets one
/// more.
fn fit(prefix: &str, phrase: &Phrase, cells: usize, tone: Tone) -> Vec<String> {
    let most = match cells {
        ..22 => 4,
        22..28 => 3,
        28..40 if matches!(tone, Tone::Print | Tone::Failure) => 3,
        _ => 2,
    };
    let lines = wrap(&format!("{prefix}{}", phrase.full()), cells);
    if lines.len() <= most {
        return lines;
    }
    if let Some(quote) = &phrase.quote {
        let letters: Vec<char> = quote.chars().collect();
        for kept in (4..letters.len()).rev() {
            let quote: String = letters[..kept].iter().collect();
            let shorter = Phrase {
                quote: Some(format!("{}..", quote.trim_end_matches('.'))),
                ..phrase.clone()
            };
            let lines = wrap(&format!("{prefix}{}", shorter.full()), cells);
            if lines.len() <= most {
                return lines;
            }
        }
    }
    let mut lines = lines;
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        *last = format!("{}..", cut(last, cells.saturating_sub(2)));
    }
    lines
}

/// The beginning of a text that fits.
pub fn cut(text: &str, cells: usize) -> String {
    let mut kept = String::new();
    for c in text.chars() {
        if width(&kept) + width(c.encode_utf8(&mut [0; 4])) > cells {
            break;
        }
        kept.push(c);
    }
    kept
}

/// Breaks a text at spaces and between Chinese characters; every line after the first is indented.
fn wrap(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let indent = if lines.is_empty() { 0 } else { INDENT };
        let room = cells.saturating_sub(indent).max(4);
        let line = if width(rest) <= room { rest } else { first_line(rest, room) };
        lines.push(format!("{}{}", " ".repeat(indent), line.trim_end()));
        rest = rest[line.len()..].trim_start();
    }
    lines
}

/// The longest beginning that fits and ends where a line may be broken.
fn first_line(text: &str, room: usize) -> &str {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let (mut used, mut end, mut anywhere, mut space) = (0, 0, 0, 0);
    for (index, (at, c)) in letters.iter().enumerate() {
        if index > 0 {
            let next = letters.get(index + 1).map_or(' ', |(_, c)| *c);
            match may_break(letters[index - 1].1, *c, next) {
                _ if text[..*at].ends_with("码 ") || text[..*at].ends_with("= ") => {}
                _ if in_a_name(&text[..*at]) => {}
                Some(Break::Space) => (space, anywhere) = (*at, *at),
                Some(Break::Between) => anywhere = *at,
                None => {}
            }
        }
        used += width(c.encode_utf8(&mut [0; 4]));
        if used > room {
            break;
        }
        end = at + c.len_utf8();
    }
    // a space is a better place than one between two characters, and a long word is broken anywhere
    if width(&text[..space]) * 5 >= room * 3 {
        &text[..space]
    } else if width(&text[..anywhere]) * 3 >= room {
        &text[..anywhere]
    } else {
        &text[..end.max(letters[0].1.len_utf8())]
    }
}

/// Whether a text ends inside of a name like `<子进程1>`.
fn in_a_name(text: &str) -> bool {
    text.rfind('<').is_some_and(|start| !text[start..].contains(['>', ' ']))
}

/// Where a line may be broken.
enum Break {
    Space,
    Between,
}

/// Whether a line may be broken before `after`, which `next` follows.
fn may_break(before: char, after: char, next: char) -> Option<Break> {
    let wide = |c: char| width(c.encode_utf8(&mut [0; 4])) == 2;
    let closing = "，。！？：；、」）》:";
    let opening = "「（《";
    let glued = matches!(
        (before, after),
        ('字', '节') | ('退', '出') | ('出', '码') | ('码', ' ') | (_, '=') | ('=', _)
    ) || (after == ' ' && matches!(next, '=' | '字' | '「' | '次' | '行' | '秒'))
        || (before == ' ' && matches!(after, '字' | '次' | '行' | '秒'));
    if glued || closing.contains(after) || opening.contains(before) {
        return None;
    }
    if after == ' ' || before == ' ' {
        return Some(Break::Space);
    }
    (wide(before) || wide(after)).then_some(Break::Between)
}
