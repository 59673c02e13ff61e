//! Where in its source a thread is: its stack, walked by frame pointers, and the line tables of its program.
//!
//! The course is built with frame pointers (`.cargo/config.toml`), so every function of a program keeps, at its frame, a pair
//! (frame of its caller, return address). glibc has no such pairs on x86-64: the first pair above the stack
//! pointer that begins a chain of them is that of the function that called into it. On aarch64 it has them, and the first one
//! that leads into the program says at once where it was called from.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use lines::{Files, Program};

use events::{Frame, Hint, Language, Place};

use super::memory;
use super::procfs::{self, Mapping};
use super::python::Pythons;
use super::regs::{self, Regs};

/// So much of a stack is looked at.
const STACK: usize = 64 << 10;
/// A chain is believed when it has so many pairs.
const CHAIN: usize = 3;
/// A blocked thread that seems to run is looked at again for so long.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// A function's code begins with so many bytes that make its frame; before that, its return address is not in it.
const PROLOGUE: u64 = 5;

/// Finds places; remembers the programs it has read.
pub struct Places<'files> {
    files: &'files Files,
    programs: HashMap<String, Option<Program<'files>>>,
    mappings: HashMap<i32, Vec<Mapping>>,
}

impl<'files> Places<'files> {
    /// Reads programs into `files`.
    pub fn new(files: &'files Files) -> Places<'files> {
        Places { files, programs: HashMap::new(), mappings: HashMap::new() }
    }

    /// Of a thread that is blocked in the kernel, or stopped at the beginning or end of a call: the innermost line of
    /// its program, what the names of the functions inside of that tell, and all functions that it is in.
    pub fn of_blocked(&mut self, pid: i32, tid: i32) -> (Option<Place>, Hint, Vec<Frame>) {
        let Some(stack) = stack_pointer(tid) else { return (None, Hint::Unknown, Vec::new()) };
        let words = Stack::read(tid, stack);
        let code = self.code(pid, tid);
        let addresses = words
            .first_chain(&code)
            .map_or_else(Vec::new, |first| words.return_addresses(&code, first));
        let frames = self.frames(pid, tid, &addresses);
        let inside: Vec<&str> = frames
            .iter()
            .take_while(|frame| !frame.own)
            .map(|frame| frame.function.as_str())
            .collect();
        (place(&frames), hint(&inside), frames)
    }

    /// Of a thread that is stopped in its own code, or in that of a library.
    fn of_stopped(&mut self, pid: i32, tid: i32, regs: &Regs) -> Option<Place> {
        let words = Stack::read(tid, regs.stack());
        let code = self.code(pid, tid);
        let frame = words.index_of(regs.frame()).or_else(|| words.first_chain(&code));
        let here = regs.instruction();
        let mut addresses = vec![here + 1];
        // whether the innermost function has made its frame or not
        addresses.extend(regs.link().filter(|link| is_code(&code, *link)));
        match frame {
            Some(frame) if !is_code(&code, here) => {
                // a library made no frame: the one that the register tells of is that of its caller
                addresses.extend(words.return_addresses(&code, frame));
            }
            Some(frame) => {
                // nor has a function made its own that has only just begun
                let made = self.offset_in_function(pid, tid, here).is_none_or(|at| at >= PROLOGUE);
                let caller = words.0.iter().take(2).copied().find(|word| is_code(&code, *word));
                addresses.extend(caller.filter(|_| regs::CALLS_PUSH && !made));
                addresses.extend(words.chain(&code, frame));
            }
            None => {}
        }
        place(&self.frames(pid, tid, &addresses))
    }

    /// How far into its function an address is.
    fn offset_in_function(&mut self, pid: i32, tid: i32, address: u64) -> Option<u64> {
        let (program, probe) = self.locate(pid, tid, address)?;
        probe.checked_sub(program.symbol(probe)?.0)
    }

    /// The thread, and not its process, whose first thread may have ended.
    fn mappings(&mut self, pid: i32, tid: i32) -> &[Mapping] {
        self.mappings.entry(pid).or_insert_with(|| procfs::mappings(tid))
    }

    /// Where the code of a process's own program lies.
    fn code(&mut self, pid: i32, tid: i32) -> Vec<(u64, u64)> {
        let exe = std::fs::read_link(format!("/proc/{tid}/exe")).unwrap_or_default();
        let exe = exe.to_string_lossy().into_owned();
        self.mappings(pid, tid)
            .iter()
            .filter(|mapping| mapping.executable && mapping.path == exe)
            .map(|mapping| (mapping.start, mapping.end))
            .collect()
    }

    /// The program or library that an address is in, and where in its file.
    fn locate(&mut self, pid: i32, tid: i32, address: u64) -> Option<(&Program<'files>, u64)> {
        let mappings = self.mappings(pid, tid);
        let inside = |one: &&Mapping| (one.start..one.end).contains(&address);
        let path = mappings.iter().find(inside)?.path.clone();
        let base = mappings.iter().find(|one| one.path == path)?.start;
        let program = self.programs.entry(path.clone());
        let program = program.or_insert_with(|| Program::read(&path, self.files)).as_ref()?;
        Some((program, address - base))
    }

    /// The functions that return addresses lead back to, the innermost first.
    fn frames(&mut self, pid: i32, tid: i32, addresses: &[u64]) -> Vec<Frame> {
        // a return address is that of the next instruction
        addresses.iter().filter_map(|address| self.frame(pid, tid, address - 1)).collect()
    }

    /// The function that an address is in.
    fn frame(&mut self, pid: i32, tid: i32, address: u64) -> Option<Frame> {
        let (program, probe) = self.locate(pid, tid, address)?;
        let name = program.function(probe);
        let name = name.map(|name| without_hash(&name).to_owned()).unwrap_or_default();
        let line = program.line(probe);
        let own = line.is_some_and(|(file, _)| !is_library(file));
        Some(Frame {
            // types tell nothing about what a library does; in the program they are part of a name
            function: if own { name } else { without_types(&name) },
            file: line.map(|(file, _)| shortened(file).to_owned()),
            line: line.map(|(_, line)| line),
            own,
            language: Language::Native,
            source: None,
        })
    }
}

/// The innermost line of the program itself.
pub fn place(frames: &[Frame]) -> Option<Place> {
    let frame = frames.iter().find(|frame| frame.own)?;
    let (file, line, function) = (frame.file.clone()?, frame.line?, frame.function.clone());
    Some(Place { file, line, function })
}

/// The words of a stack, from the stack pointer up.
struct Stack(Vec<u64>, u64);

impl Stack {
    fn read(tid: i32, pointer: u64) -> Stack {
        let bytes = memory::read_some(tid, pointer, STACK).unwrap_or_default();
        let word = |bytes: &[u8]| {
            regs::return_address(u64::from_ne_bytes(bytes.try_into().unwrap_or_default()))
        };
        Stack(bytes.chunks_exact(8).map(word).collect(), pointer)
    }

    fn index_of(&self, frame: u64) -> Option<usize> {
        let offset = frame.checked_sub(self.1)?;
        let index = usize::try_from(offset / 8).ok()?;
        (offset % 8 == 0 && index + 1 < self.0.len()).then_some(index)
    }

    /// The pairs from this one outwards: where each of them lies.
    fn pairs(&self, code: &[(u64, u64)], first: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut index = first;
        while self.0.get(index + 1).is_some_and(|address| is_code(code, *address)) {
            found.push(index);
            match self.index_of(self.0[index]) {
                Some(higher) if higher > index => index = higher,
                _ => break,
            }
        }
        found
    }

    /// Return addresses from the pair at `first` outwards.
    fn chain(&self, code: &[(u64, u64)], first: usize) -> Vec<u64> {
        self.pairs(code, first).into_iter().map(|index| self.0[index + 1]).collect()
    }

    /// The innermost pair of the chain that goes furthest out. What functions that have returned left behind are chains
    /// too, but they break off.
    fn first_chain(&self, code: &[(u64, u64)]) -> Option<usize> {
        let chains = (0..self.0.len()).map(|first| (first, self.pairs(code, first)));
        let long = chains.filter(|(_, pairs)| pairs.len() >= CHAIN);
        let furthest =
            long.max_by_key(|(first, pairs)| (pairs.last().copied(), usize::MAX - first));
        furthest.map(|(first, _)| first)
    }

    /// The same, and before it where the function of the pair called the library from: that lies below the pair, in the
    /// library's part; where calls do not push, the library's own pair tells.
    fn return_addresses(&self, code: &[(u64, u64)], first: usize) -> Vec<u64> {
        let mut below = self.0[..first].iter().copied().filter(|word| is_code(code, *word));
        let below = below.next().filter(|_| regs::CALLS_PUSH);
        below.into_iter().chain(self.chain(code, first)).collect()
    }
}

fn is_code(code: &[(u64, u64)], address: u64) -> bool {
    code.iter().any(|(start, end)| (*start..*end).contains(&address))
}

/// So often is looked where a thread is that computes: most of the time it is in its own loop, and then in a line of it.
const LOOKS: usize = 15;
/// It runs so long between two of them.
const BETWEEN: Duration = Duration::from_micros(300);
/// A thread comes to its stop within this time, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// Stops a thread that computes and says where it is: where it was found most often, since between two functions, before
/// the one has made its frame and after it has given it up, the stack tells less. It stays stopped, if it lives.
pub fn place_of_running(pid: i32, tid: i32) -> Option<Place> {
    let files = Files::default();
    let (mut places, mut pythons) = (Places::new(&files), Pythons::default());
    let mut found: Vec<(usize, Place)> = Vec::new();
    for look in 0..LOOKS {
        let Some(status) = interrupt(tid) else { break };
        let native = |regs: Regs| places.of_stopped(pid, tid, &regs);
        let place = pythons.now(tid).unwrap_or_else(|| Regs::read(tid).ok().and_then(native));
        if let Some(place) = place {
            match found.iter_mut().find(|(_, one)| *one == place) {
                Some((times, _)) => *times += 1,
                None => found.push((1, place)),
            }
        }
        // whatever else it has to report is no longer of interest
        if status >> 16 != libc::PTRACE_EVENT_STOP || look + 1 == LOOKS {
            break;
        }
        // SAFETY: plain system call.
        unsafe { libc::ptrace(libc::PTRACE_CONT, tid, 0_usize, 0_usize) };
        std::thread::sleep(BETWEEN);
    }
    // of several the first: `max_by_key` would take the last
    found.into_iter().rev().max_by_key(|(times, _)| *times).map(|(_, place)| place)
}

/// Stops a running thread; the wait status of the stop.
fn interrupt(tid: i32) -> Option<i32> {
    // SAFETY: plain system call.
    if unsafe { libc::ptrace(libc::PTRACE_INTERRUPT, tid, 0_usize, 0_usize) } != 0 {
        return None;
    }
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let mut status = 0;
        // SAFETY: `status` lives through the call.
        let got = unsafe { libc::waitpid(tid, &raw mut status, libc::__WALL | libc::WNOHANG) };
        if got == tid {
            return Some(status);
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    None
}

/// The stack pointer of a blocked thread (`proc_pid_syscall(5)`: the last but one word).
fn stack_pointer(tid: i32) -> Option<u64> {
    let began = Instant::now();
    loop {
        let text = std::fs::read_to_string(format!("/proc/{tid}/syscall")).ok()?;
        let words: Vec<&str> = text.split_whitespace().collect();
        if let Some(place) = words.len().checked_sub(2) {
            return u64::from_str_radix(words[place].trim_start_matches("0x"), 16).ok();
        }
        // `running`: it is blocked, but on a busy machine the kernel may have it on a processor for a moment all the same
        if began.elapsed() > LOOK_AGAIN {
            return None;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// The standard library, the crates, and what the lessons share: not where a student looks for his mistake.
fn is_library(file: &str) -> bool {
    ["/rustc/", "/registry/", "/library/", "shared/src/"].iter().any(|part| file.contains(part))
}

/// As it stands in the workspace.
fn shortened(file: &str) -> &str {
    let start = file.find("/lessons/").or_else(|| file.find("/xtask/"));
    start.map_or(file, |start| &file[start + 1..])
}

/// `core::fmt::write::h0123456789abcdef` without its last part.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((front, hash))
            if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            front
        }
        _ => name,
    }
}

/// Without what stands between angle brackets at the end of a part: types tell nothing about what is being done.
fn without_types(name: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::new();
    // `<T as Trait>::method` begins with one: the type itself counts there
    let name = name.strip_prefix('<').unwrap_or(name);
    for character in name.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            other if depth == 0 => kept.push(other),
            _ => {}
        }
    }
    kept
}

fn hint(names: &[&str]) -> Hint {
    let has =
        |parts: &[&str]| names.iter().any(|name| parts.iter().all(|part| name.contains(part)));
    if has(&["WaitGroup", "wait"]) {
        Hint::WaitGroup
    } else if has(&["Barrier", "wait"]) {
        Hint::Barrier
    } else if has(&["read_line"]) || has(&["read_until"]) || has(&["io::Lines"]) {
        Hint::Line
    } else if has(&["channel::select"]) || has(&["run_select"]) {
        Hint::Select
    } else if has(&["channel", "recv"]) || has(&["mpmc", "recv"]) || has(&["mpsc", "recv"]) {
        Hint::Receive
    } else if has(&["channel", "send"]) || has(&["mpmc", "send"]) || has(&["mpsc", "send"]) {
        Hint::Send
    } else if has(&["ondvar", "wait"]) {
        Hint::Condition
    } else if has(&["JoinHandle", "join"])
        || has(&["JoinInner", "join"])
        || has(&["thread", "scoped", "scope"])
    {
        Hint::Join
    } else if has(&["utex", "lock"]) || has(&["RwLock"]) || has(&["rwlock"]) {
        Hint::Lock
    } else if has(&["park"]) {
        Hint::Park
    } else {
        Hint::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_to_what_they_say() {
        assert_eq!(without_hash("a::b::h0123456789abcdef"), "a::b");
        assert_eq!(without_hash("a::helper"), "a::helper");
        assert_eq!(
            without_types("<std::sync::Mutex<T> as X>::lock"),
            "std::sync::Mutex as X::lock"
        );
        assert_eq!(without_types("a::run<std::sync::Mutex<i32>>::b"), "a::run::b");
    }

    #[test]
    fn a_channel_is_more_than_the_parking_in_it() {
        let recv = ["std::thread::park", "crossbeam_channel::flavors::list::Channel::recv"];
        assert_eq!(hint(&recv), Hint::Receive);
        assert_eq!(hint(&["parking_lot::raw_mutex::RawMutex::lock_slow"]), Hint::Lock);
        assert_eq!(hint(&["std::thread::park"]), Hint::Park);
        assert_eq!(hint(&["main"]), Hint::Unknown);
    }
}
