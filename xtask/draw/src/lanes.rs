//! Programs side by side on a terminal, with arrows for what led from one to the other.

use text::{pad, width};

use super::glyphs::{cut, unambiguous};
use super::layout::{Column, Layout, Medium, TIME_CELLS, gutter_cells, lay_out};
use super::story::Story;

/// The picture, at most so many cells wide where that is possible at all, without a title.
pub fn text(story: &Story, cells: usize) -> String {
    let mut layout = lay_out(story, Medium::Terminal(cells));
    for row in layout.rows.iter_mut().filter(|row| row.busy && row.lines.len() == 1) {
        row.lines.push(String::new());
    }
    let timed = layout.rows.iter().any(|row| row.time.is_some());
    let margin = if timed { TIME_CELLS } else { 0 };
    let mut lefts = Vec::new();
    let mut left = margin;
    for (index, column) in layout.columns.iter().enumerate() {
        lefts.push(left);
        left += column.width + layout.tracks.get(index).map_or(0, |tracks| gutter_cells(*tracks));
    }
    let mut tops = Vec::new();
    let mut top = 0;
    for row in &layout.rows {
        // an empty line, the name, a line under it
        top += if row.heading.is_some() { 3 } else { 0 };
        tops.push(top);
        top += row.lines.len();
    }
    let mut canvas = Canvas { rows: vec![vec![Cell::Blank; left]; top] };
    arrows(&layout, &lefts, &tops, &mut canvas);
    for (row, top) in layout.rows.iter().zip(&tops) {
        if let Some(name) = &row.heading {
            let Column { width, .. } = layout.columns[row.column];
            let name = cut(&unambiguous(name), width);
            canvas.write(lefts[row.column], top - 2, &name);
            canvas.write(lefts[row.column], top - 1, &"-".repeat(width));
        }
        for (index, line) in row.lines.iter().enumerate() {
            canvas.write(lefts[row.column], top + index, line);
        }
        if let Some(time) = &row.time {
            canvas.write(TIME_CELLS.saturating_sub(2 + width(time)), *top, time);
        }
    }
    let mut picture = String::new();
    if layout.columns.iter().any(|column| !column.name.is_empty()) {
        picture.push_str(&header(&layout, &lefts, timed));
    }
    for row in canvas.rows {
        let line: String = row.into_iter().filter_map(Cell::shown).collect();
        picture.push_str(line.trim_end());
        picture.push('\n');
    }
    picture
}

/// Names and a line under each.
fn header(layout: &Layout, lefts: &[usize], timed: bool) -> String {
    let mut names = if timed { pad("    秒", TIME_CELLS) } else { String::new() };
    let mut rules = " ".repeat(if timed { TIME_CELLS } else { 0 });
    for (column, left) in layout.columns.iter().zip(lefts) {
        let name = cut(&unambiguous(&column.name), column.width);
        names = pad(&names, *left) + &name;
        rules = pad(&rules, *left) + &"-".repeat(column.width);
    }
    format!("{}\n{}\n", names.trim_end(), rules.trim_end())
}

fn arrows(layout: &Layout, lefts: &[usize], tops: &[usize], canvas: &mut Canvas) {
    let turns: Vec<usize> = layout
        .routes
        .iter()
        .map(|route| lefts[route.gutter] + layout.columns[route.gutter].width + 3 + 2 * route.track)
        .collect();
    // where one arrives, another one leaves from the next line
    let leaves = |row: usize| tops[row] + usize::from(layout.rows[row].busy);
    for (route, turn) in layout.routes.iter().zip(&turns) {
        for y in leaves(route.from) + 1..tops[route.to] {
            canvas.put(*turn, y, '|');
        }
    }
    for (route, turn) in layout.routes.iter().zip(&turns) {
        for (row, corner, head) in [(route.from, '.', None), (route.to, '\'', Some(()))] {
            let y = if head.is_some() { tops[row] } else { leaves(row) };
            let column = layout.rows[row].column;
            let line = layout.rows[row].lines.get(y - tops[row]);
            let text_end = lefts[column] + line.map_or(0, |line| width(line));
            // from the text to the turn: the text is on the left of it, or begins to the right of it
            let (start, end) = if text_end <= *turn && lefts[column] < *turn {
                (text_end + 1, *turn)
            } else {
                (*turn + 1, lefts[column] - usize::from(head.is_some()))
            };
            for x in start..end {
                canvas.dash(x, y);
            }
            if head.is_some() {
                if start < *turn {
                    canvas.put(start, y, '<');
                } else {
                    canvas.put(end - 1, y, '>');
                }
            }
            canvas.put(*turn, y, corner);
        }
    }
}

/// What a cell shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Blank,
    Sign(char),
    /// The second half of a wide character.
    Covered,
}

impl Cell {
    fn shown(self) -> Option<char> {
        match self {
            Cell::Blank => Some(' '),
            Cell::Sign(c) => Some(c),
            Cell::Covered => None,
        }
    }
}

struct Canvas {
    rows: Vec<Vec<Cell>>,
}

impl Canvas {
    fn put(&mut self, x: usize, y: usize, c: char) {
        if let Some(cell) = self.rows.get_mut(y).and_then(|row| row.get_mut(x)) {
            *cell = Cell::Sign(c);
        }
    }

    /// A piece of a horizontal line; a vertical one that it crosses stays in front.
    fn dash(&mut self, x: usize, y: usize) {
        if self.rows.get(y).and_then(|row| row.get(x)) == Some(&Cell::Blank) {
            self.put(x, y, '-');
        }
    }

    fn write(&mut self, x: usize, y: usize, text: &str) {
        let row = &mut self.rows[y];
        let mut at = x;
        for c in text.chars() {
            let cells = width(c.encode_utf8(&mut [0; 4]));
            if cells == 0 {
                continue;
            }
            if at + cells > row.len() {
                row.resize(at + cells, Cell::Blank);
            }
            row[at] = Cell::Sign(c);
            if cells == 2 {
                row[at + 1] = Cell::Covered;
            }
            at += cells;
        }
    }
}
