use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;

fn main() {
    let mut child =
        Command::new("rev").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let feeder = thread::spawn(move || {
        for n in 0..20_000 {
            writeln!(input, "line {n}").unwrap();
        }
    });
    let lines: Vec<String> =
        BufReader::new(child.stdout.take().unwrap()).lines().map(|l| l.unwrap()).collect();
    feeder.join().unwrap();
    println!("{} {} {}", child.wait().unwrap().success(), lines.len(), lines[1234]);
}
