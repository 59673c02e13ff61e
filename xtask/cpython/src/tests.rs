//! Every Python that is found here, against what it says of its own threads.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;

use events::Frame;

use super::layout::Table;
use super::{Interpreters, Memory, Stack, TRIED, position};

/// So long it may take until every thread is where it waits: what is right is seen at once, what is wrong never.
const PATIENCE: Duration = Duration::from_secs(60);

struct Process(i32);

impl Memory for Process {
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        let remote = [RemoteIoVec { base: address as usize, len: length }];
        let local = &mut [io::IoSliceMut::new(&mut bytes)];
        let read = process_vm_readv(Pid::from_raw(self.0), local, &remote).ok()?;
        (read == length).then_some(bytes)
    }
}

/// The interpreters of this machine: that of `python3`, the system's, and those of pyenv.
fn interpreters() -> BTreeMap<PathBuf, u8> {
    let mut found = vec![PathBuf::from("python3"), PathBuf::from("/usr/bin/python3")];
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let root = std::env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
    let versions = std::fs::read_dir(root.join("versions")).into_iter().flatten().flatten();
    found.extend(versions.map(|version| version.path().join("bin/python3")));
    // what is called `python3` may be a script that looks for it
    let real = |python: PathBuf| {
        let print = "import os, sys; print(os.path.realpath(sys.executable), sys.version_info[1])";
        let output = Command::new(python).args(["-c", print]).output().ok()?;
        let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
        let (path, minor) = text.trim().rsplit_once(' ')?;
        Some((PathBuf::from(path), minor.parse::<u8>().ok()?))
    };
    let all: BTreeMap<PathBuf, u8> = found.into_iter().filter_map(real).collect();
    let tried = all.into_iter().filter(|(_, minor)| TRIED.contains(minor));
    let tried: BTreeMap<PathBuf, u8> = tried.collect();
    if tried.is_empty() {
        eprintln!("not tested: there is no python3 of a version that is known");
    }
    tried
}

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests")
}

/// A program that waits, until it is no longer needed.
struct Played(Child);

impl Played {
    fn start(python: &Path, args: &[&str]) -> Played {
        let mut command = Command::new(python);
        command.current_dir(programs()).args(args);
        Played(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap())
    }

    fn tid(&self) -> i32 {
        self.0.id() as i32
    }

    /// What is read from it, as soon as `wanted` finds something in it.
    fn until<T>(&self, mut wanted: impl FnMut(&[Stack]) -> Option<T>) -> T {
        let (began, mut interpreters) = (Instant::now(), Interpreters::default());
        loop {
            let stacks = interpreters.stacks(self.tid(), &Process(self.tid()));
            if let Some(found) = wanted(stacks.as_deref().unwrap_or_default()) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "{stacks:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program says of its threads: function, file and line of each frame.
type Told = BTreeMap<i32, Vec<(String, String, Option<u32>)>>;

fn told_by_us(stacks: &[Stack]) -> Told {
    let frame = |frame: &Frame| (frame.function.clone(), frame.file.clone().unwrap(), frame.line);
    stacks.iter().map(|stack| (stack.tid, stack.frames.iter().map(frame).collect())).collect()
}

#[test]
fn every_thread_is_where_python_says() {
    for (python, _) in interpreters() {
        let mut played = Played::start(&python, &["waits.py"]);
        let (mut ask, answers) = (played.0.stdin.take().unwrap(), played.0.stdout.take().unwrap());
        let mut answers = BufReader::new(answers).lines();
        let main = played.tid();
        let count = played.until(|stacks| {
            writeln!(ask).unwrap();
            let line = answers.next()?.unwrap();
            let mut told: Told = serde_json::from_str(&line).unwrap();
            let mut ours = told_by_us(stacks);
            // it answers at this moment
            told.remove(&main);
            ours.remove(&main);
            // names of files are told shorter
            for (_, file, _) in told.values_mut().flatten().chain(ours.values_mut().flatten()) {
                *file = file.rsplit('/').next().unwrap().to_owned();
            }
            let same = told == ours;
            (same && told.len() > 35).then_some(told.len())
        });
        eprintln!("{}: {count} threads", python.display());
    }
}

/// Memory in which now and then a read gives something else.
struct Garbled(Process, Cell<u64>);

impl Memory for Garbled {
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = self.0.read(address, length)?;
        // xorshift
        let mut random = self.1.get();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        self.1.set(random);
        if random.is_multiple_of(128)
            && let Some(byte) = bytes.get_mut((random >> 8) as usize % length.max(1))
        {
            *byte = (random >> 40) as u8;
        }
        Some(bytes)
    }
}

#[test]
fn whatever_is_in_memory_it_is_read_to_an_end() {
    for (python, _) in interpreters() {
        let mut played = Played::start(&python, &["waits.py"]);
        let tid = played.tid();
        played.until(|stacks| (stacks.len() > 35).then_some(()));
        let right = Interpreters::default().stacks(tid, &Process(tid)).unwrap();
        let (mut fewer, mut interpreters) = (0, Interpreters::default());
        for seed in 1..=10 {
            let garbled =
                Garbled(Process(tid), Cell::new(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed)));
            let stacks = interpreters.stacks(tid, &garbled);
            fewer += usize::from(stacks.is_ok_and(|stacks| stacks.len() < right.len()));
        }
        assert!(fewer > 0, "{}: what is wrong was taken for right", python.display());
        drop(played.0.stdin.take());
    }
}

/// What Python says of a function's lines.
#[derive(serde::Deserialize)]
struct Lines {
    first: i32,
    table: Vec<u8>,
    lines: Vec<(i64, Option<u32>)>,
}

#[test]
fn every_instruction_has_the_line_that_python_says() {
    for (python, minor) in interpreters() {
        let output = Command::new(&python).arg(programs().join("tables.py")).output().unwrap();
        let table = match minor {
            ..=9 => Table::Increments,
            10 => Table::Ranges,
            _ => Table::Locations,
        };
        let mut count = 0;
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let Lines { first, table: bytes, lines } = serde_json::from_str(line).unwrap();
            for (at, line) in lines {
                assert_eq!(position::line(table, &bytes, first, at), line.filter(|line| *line > 0));
                count += 1;
            }
        }
        assert!(count > 10_000, "{}: {count} {:?}", python.display(), output.stderr);
    }
}
