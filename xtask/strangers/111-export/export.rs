// RUN: export , import
// KIND: fails
// CAUSE: export.rs leaves through std::process::exit, which runs no destructors, so the BufWriter is never flushed and the file stays empty; import.rs then finds 0 of 100 rows. export.rs must call out.flush() (or drop(out)) before process::exit.
// MUST NOT SAY: that import.rs reads too early; it waits a second, and the file would be empty later too.
use std::fs::File;
use std::io::{BufWriter, Write};

fn main() {
    let path = std::env::temp_dir().join("fresh60_export.csv");
    let file = File::create(path).expect("create");
    let mut out = BufWriter::new(file);
    let mut bad = 0;
    for row in 0..100 {
        if writeln!(out, "{row},{}", row * row).is_err() {
            bad += 1;
        }
    }
    println!("export: {} rows written", 100 - bad);
    std::process::exit(if bad > 0 { 1 } else { 0 });
}
