//! Who stands in which column, and how wide the columns are.

use text::width;

use super::super::story::Story;

/// A column is never narrower, or all programs share one column.
const NARROWEST: usize = 18;

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

/// How entries share columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Everybody has a column.
    Nobody,
    /// The processes and threads of a program share one.
    Programs,
    /// All share one.
    All,
}

/// Who is where.
pub struct Columns {
    /// From left to right.
    pub columns: Vec<Column>,
    /// The column of each actor.
    pub column_of: Vec<usize>,
    /// Entries with which a program takes over the column of one that has ended, and its name.
    pub headings: Vec<(usize, String)>,
}

/// The columns, and in which of them each actor is.
pub fn columns(story: &Story, sharing: Sharing) -> Columns {
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

/// Makes the widest columns narrower until all fit; `None`: they would be too narrow to read.
pub fn narrow(columns: &mut [Column], room: usize, sharing: Sharing) -> Option<()> {
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
