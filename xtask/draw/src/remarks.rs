//! What is said below a drawing: why the programs went no further, for instance.

use super::layout::wrap;
use super::svg::{measure, text};

const LINE: f64 = 23.0;
/// Between the drawing and what is said below it.
const GAP: f64 = 18.0;
/// A cell of a terminal is so wide: half a Chinese character.
const CELL: f64 = 8.0;
/// No line has fewer cells.
const NARROWEST: usize = 60;

/// Lines below a drawing.
pub struct Remarks {
    lines: Vec<String>,
}

impl Remarks {
    /// The remarks, broken into lines for a drawing of so many pixels.
    pub fn new(remarks: &[String], width: f64) -> Remarks {
        let cells = ((width / CELL) as usize).max(NARROWEST);
        Remarks { lines: remarks.iter().flat_map(|remark| wrap(remark, cells)).collect() }
    }

    /// How high they are, in pixels; 0: there are none.
    pub fn height(&self) -> f64 {
        if self.lines.is_empty() { 0.0 } else { GAP + LINE * self.lines.len() as f64 }
    }

    /// How wide the longest is, in pixels.
    pub fn width(&self) -> f64 {
        self.lines.iter().map(|line| measure(line)).fold(0.0, f64::max)
    }

    /// Written from this place downwards.
    pub fn draw(&self, left: f64, top: f64) -> String {
        let lines = self.lines.iter().enumerate();
        lines.map(|(index, line)| text(left, top + GAP + LINE * index as f64, "", line)).collect()
    }
}
