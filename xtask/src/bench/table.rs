//! A table: the first column to the left, figures to the right, ASCII lines.

use std::fmt;

use text::{pad, width};

/// Rows under a head.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(head: &[&str]) -> Table {
        Table { rows: vec![head.iter().map(|text| (*text).to_owned()).collect()] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows[0].len();
        let cells = |column: usize| self.rows.iter().filter_map(move |row| row.get(column));
        let widest = |column| cells(column).map(|cell| width(cell)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(widest).collect();
        for (index, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                if column == 0 {
                    line += &pad(cell, widths[0]);
                } else {
                    let room = " ".repeat(widths[column].saturating_sub(width(cell)) + 2);
                    line += &format!("{room}{cell}");
                }
            }
            writeln!(f, "  {}", line.trim_end())?;
            if index == 0 {
                let lines: Vec<String> = widths.iter().map(|cells| "-".repeat(*cells)).collect();
                writeln!(f, "  {}", lines.join("  "))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_and_figures_are_aligned() {
        let mut table = Table::new(&["方法", "时间"]);
        table.row(["第04课".to_owned(), "1.25 秒".to_owned()]);
        let lines = ["  方法       时间", "  ------  -------", "  第04课  1.25 秒"];
        let text = table.to_string();
        assert_eq!(text.lines().collect::<Vec<_>>(), lines);
    }
}
