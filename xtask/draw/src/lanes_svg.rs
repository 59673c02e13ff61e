//! Programs side by side as an SVG, with arrows for what led from one to the other.

use std::fmt::Write;

use super::arrows::Why;
use super::layout::{Layout, Medium, Route, lay_out};
use super::story::{Story, Tone};
use super::svg::{Drawing, MARGIN, measure, text};

/// Columns have at most so many cells: longer texts take two lines. Narrower where there are more than two.
const COLUMN: usize = 46;
const NARROW_COLUMN: usize = 34;
/// A drawing that is higher has wide columns.
const TALL: f64 = 1800.0;
const LINE: f64 = 19.0;
/// Inside a box, left and right.
const PADDING: f64 = 8.0;
/// Inside a box, above and below together.
const AIR: f64 = 5.0;
/// Between two rows of different columns.
const GAP: f64 = 7.0;
/// Between two rows of one column.
const CLOSE: f64 = 2.0;
/// Of the second and further lines of a box.
const INDENT: f64 = 12.0;
const TRACK: f64 = 14.0;
/// Height of a program's name.
const HEADING: f64 = 30.0;

/// The picture.
pub fn drawing(story: &Story) -> Drawing {
    let mut layout = lay_out(story, Medium::Drawing(COLUMN));
    let timed = layout.rows.iter().any(|row| row.time.is_some());
    let mut place = Place::new(&layout, timed);
    if layout.columns.len() > 2 {
        let narrow = lay_out(story, Medium::Drawing(NARROW_COLUMN));
        let smaller = Place::new(&narrow, timed);
        // narrow columns break more lines: not where the drawing is high already
        if smaller.height <= TALL {
            (layout, place) = (narrow, smaller);
        }
    }
    let headings = layout.rows.iter().filter_map(|row| row.heading.as_deref());
    let names: Vec<&str> =
        layout.columns.iter().map(|column| column.name.as_str()).chain(headings).collect();
    let description = format!(
        "{}，从上到下是先后次序，共 {} 步，箭头表示谁引起了谁",
        names.join("、"),
        layout.rows.len()
    );
    let mut body = String::new();
    for (column, (left, width)) in layout.columns.iter().zip(&place.columns) {
        body.push_str(&heading(*left, *width, place.top - 14.0, column.terminal, &column.name));
        let x = left + 14.0;
        let _ = writeln!(
            body,
            "<line class=\"line\" x1=\"{x:.0}\" y1=\"{:.0}\" x2=\"{x:.0}\" y2=\"{:.0}\"/>",
            place.top - 14.0,
            place.height
        );
    }
    for route in &layout.routes {
        body.push_str(&arrow(&layout, &place, route));
    }
    for index in 0..layout.rows.len() {
        body.push_str(&row(&layout, &place, index, story.entries[index].tone));
    }
    Drawing { width: place.width, height: place.height, description, body }
}

/// The box of a row with its text, the name above it where a program begins, its time at the left.
fn row(layout: &Layout, place: &Place, index: usize, tone: Tone) -> String {
    let row = &layout.rows[index];
    let (left, width) = place.columns[row.column];
    let (top, height) = place.rows[index];
    let mut svg = String::new();
    if let Some(name) = &row.heading {
        svg.push_str(&heading(left, width, top - GAP, row.terminal, name));
    }
    let terminal = format!("t{}", row.terminal % 6);
    let class = match tone {
        Tone::Wait => "wait",
        Tone::Failure => "failure",
        Tone::Call | Tone::Print | Tone::Life => &terminal,
    };
    let round = if tone == Tone::Life { 12 } else { 4 };
    let _ = writeln!(
        svg,
        "<rect class=\"{class}\" x=\"{left:.0}\" y=\"{top:.0}\" width=\"{:.0}\" height=\"{height:.0}\" rx=\"{round}\"/>",
        place.boxes[index]
    );
    let baseline = top + AIR / 2.0 + 14.5;
    for (line, words) in row.lines.iter().enumerate() {
        let indent = if line == 0 { 0.0 } else { INDENT };
        let y = baseline + LINE * line as f64;
        svg.push_str(&text(left + PADDING + indent, y, "", words.trim_start()));
    }
    if let Some(time) = &row.time {
        svg.push_str(&text(MARGIN, baseline, "faint small", &format!("{time} 秒")));
    }
    svg
}

/// The name of a program above its column, or in the middle of it; `bottom` is its lower edge.
fn heading(left: f64, width: f64, bottom: f64, terminal: usize, name: &str) -> String {
    let y = bottom - HEADING;
    let class = terminal % 6;
    format!(
        "<rect class=\"t{class}\" x=\"{left:.0}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{HEADING:.0}\" rx=\"6\"/>\n{}",
        text(left + PADDING, y + 21.0, "name", name)
    )
}

/// Where everything is, in pixels.
struct Place {
    width: f64,
    height: f64,
    /// Where the rows begin.
    top: f64,
    /// Left edge and width.
    columns: Vec<(f64, f64)>,
    /// Top edge and height.
    rows: Vec<(f64, f64)>,
    /// Width of each row's box.
    boxes: Vec<f64>,
}

impl Place {
    fn new(layout: &Layout, timed: bool) -> Place {
        let of_row = |lines: &[String]| {
            let indent = |index: usize| if index == 0 { 0.0 } else { INDENT };
            let widths = lines
                .iter()
                .enumerate()
                .map(|(index, line)| measure(line.trim_start()) + indent(index));
            widths.fold(0.0, f64::max) + 2.0 * PADDING
        };
        let boxes: Vec<f64> = layout.rows.iter().map(|row| of_row(&row.lines)).collect();
        let mut left = MARGIN + if timed { 72.0 } else { 0.0 };
        let mut columns = Vec::new();
        for (index, column) in layout.columns.iter().enumerate() {
            let rows = layout.rows.iter().zip(&boxes).filter(|(row, _)| row.column == index);
            let names = layout.rows.iter().filter(|row| row.column == index);
            let names = names.filter_map(|row| row.heading.as_ref()).chain([&column.name]);
            let name = names.map(|name| measure(name)).fold(0.0, f64::max) * 1.2 + 2.0 * PADDING;
            let width = rows.map(|(_, width)| *width).fold(name.max(150.0), f64::max);
            columns.push((left, width));
            let tracks = layout.tracks.get(index).copied().unwrap_or_default();
            left += width + 44.0 + tracks.saturating_sub(1) as f64 * TRACK;
        }
        let right = columns.last().map_or(left, |(left, width)| left + width);
        let top = HEADING + 20.0;
        let mut y = top;
        let mut rows = Vec::new();
        for (index, row) in layout.rows.iter().enumerate() {
            let height = LINE * row.lines.len() as f64 + AIR;
            let same = index > 0 && layout.rows[index - 1].column == row.column;
            y += match (&row.heading, index) {
                (_, 0) => 0.0,
                (Some(_), _) => HEADING + 3.0 * GAP,
                (None, _) if same => CLOSE,
                (None, _) => GAP,
            };
            rows.push((y, height));
            y += height;
        }
        Place { width: right + MARGIN, height: y + GAP, top, columns, rows, boxes }
    }
}

/// From the edge of one box to the edge of the other, around everything in between.
fn arrow(layout: &Layout, place: &Place, route: &Route) -> String {
    let (left, width) = place.columns[route.gutter];
    let turn = left + width + 22.0 + route.track as f64 * TRACK;
    let middle = |row: usize| place.rows[row].0 + (LINE + AIR) / 2.0;
    let edge = |row: usize| {
        let (left, _) = place.columns[layout.rows[row].column];
        if left < turn { left + place.boxes[row] } else { left }
    };
    let (from, to) = (edge(route.from), edge(route.to));
    let shift = |row: usize| if layout.rows[row].busy { 6.0 } else { 0.0 };
    let (start, end) = (middle(route.from) + shift(route.from), middle(route.to) - shift(route.to));
    let class = if route.why == Why::End { " end" } else { "" };
    let back = if to < turn { 9.0 } else { -9.0 };
    format!(
        "<path class=\"arrow{class}\" d=\"M{from:.0} {start:.0}H{turn:.0}V{end:.0}H{:.0}\"/>\n\
         <path class=\"head{class}\" d=\"M{to:.0} {end:.0}l{back:.0} -5v10z\"/>\n",
        to + back
    )
}
