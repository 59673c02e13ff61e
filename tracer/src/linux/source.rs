//! Where in its source a thread is: its stack, walked by frame pointers, and the line tables of its program.
//!
//! The course is built with frame pointers (`.cargo/config.toml`), so every function of a program keeps, at its frame, a pair
//! (frame of its caller, return address). glibc has no such pairs: the first pair above the stack pointer that
//! begins a chain of them is that of the function that called into it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use addr2line::Loader;

use super::memory;
use super::procfs::{self, Mapping};
use super::regs::Regs;
use crate::event::{Hint, Place};

/// So much of a stack is looked at.
const STACK: usize = 64 << 10;
/// A chain is believed when it has so many pairs.
const CHAIN: usize = 3;

/// Finds places; remembers the programs it has read.
#[derive(Default)]
pub struct Places {
    programs: HashMap<String, Option<Loader>>,
    mappings: HashMap<i32, Vec<Mapping>>,
}

impl Places {
    /// Of a thread that is blocked in the kernel: the innermost line of its program, and what its functions' names tell.
    pub fn of_blocked(&mut self, pid: i32, tid: i32) -> (Option<Place>, Hint) {
        let Some(stack) = stack_pointer(tid) else { return (None, Hint::Unknown) };
        let bytes = memory::read_some(tid, stack, STACK).unwrap_or_default();
        let addresses = self.return_addresses(pid, stack, &bytes, None);
        self.describe(pid, &addresses)
    }

    /// Of a thread that is stopped in its own code.
    fn of_stopped(&mut self, pid: i32, tid: i32, regs: &Regs) -> Option<Place> {
        let bytes = memory::read_some(tid, regs.stack(), STACK).unwrap_or_default();
        let mut addresses = vec![regs.instruction() + 1];
        addresses.extend(self.return_addresses(pid, regs.stack(), &bytes, Some(regs.frame())));
        self.describe(pid, &addresses).0
    }

    fn mappings(&mut self, pid: i32) -> &[Mapping] {
        self.mappings.entry(pid).or_insert_with(|| procfs::mappings(pid))
    }

    /// Return addresses, the innermost first.
    fn return_addresses(
        &mut self,
        pid: i32,
        stack: u64,
        bytes: &[u8],
        frame: Option<u64>,
    ) -> Vec<u64> {
        let words: Vec<u64> = bytes
            .chunks_exact(8)
            .map(|word| u64::from_ne_bytes(word.try_into().unwrap_or_default()))
            .collect();
        let exe = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
        let exe = exe.to_string_lossy().into_owned();
        let code: Vec<(u64, u64)> = self
            .mappings(pid)
            .iter()
            .filter(|mapping| mapping.executable && mapping.path == exe)
            .map(|mapping| (mapping.start, mapping.end))
            .collect();
        let is_code =
            |address: u64| code.iter().any(|(start, end)| (*start..*end).contains(&address));
        let pair = |index: usize| -> Option<(u64, u64)> {
            let (next, address) = (*words.get(index)?, *words.get(index + 1)?);
            Some((next, address))
        };
        let index_of = |frame: u64| -> Option<usize> {
            let offset = frame.checked_sub(stack)?;
            (offset % 8 == 0 && (offset as usize) < bytes.len()).then_some(offset as usize / 8)
        };
        let chain = |first: usize| -> Vec<u64> {
            let mut found = Vec::new();
            let mut index = first;
            while let Some((next, address)) = pair(index) {
                if !is_code(address) {
                    break;
                }
                found.push(address);
                match index_of(next) {
                    Some(higher) if higher > index => index = higher,
                    _ => break,
                }
            }
            found
        };
        if let Some(first) = frame.and_then(index_of) {
            return chain(first);
        }
        let first = (0..words.len()).find(|index| {
            pair(*index).is_some_and(|(next, address)| {
                is_code(address) && index_of(next).is_some_and(|next| next > *index)
            }) && chain(*index).len() >= CHAIN
        });
        let Some(first) = first else { return Vec::new() };
        // the function that called the library has its pair at `first`; where it called from lies below, in the library's part
        let mut found: Vec<u64> =
            words[..first].iter().copied().filter(|word| is_code(*word)).take(1).collect();
        found.extend(chain(first));
        found
    }

    fn describe(&mut self, pid: i32, addresses: &[u64]) -> (Option<Place>, Hint) {
        let mut place = None;
        let mut names = Vec::new();
        for address in addresses {
            let Some(mapping) = self
                .mappings(pid)
                .iter()
                .find(|one| (one.start..one.end).contains(address))
                .cloned()
            else {
                continue;
            };
            let base = self
                .mappings(pid)
                .iter()
                .find(|one| one.path == mapping.path)
                .map_or(0, |one| one.start);
            let program = self.programs.entry(mapping.path.clone());
            let Some(loader) = program.or_insert_with(|| Loader::new(&mapping.path).ok()) else {
                continue;
            };
            // a return address is that of the next instruction
            let probe = address - 1 - base + loader.relative_address_base();
            let name = loader
                .find_symbol(probe)
                .map(|name| addr2line::demangle_auto(name.into(), None).into_owned());
            let name = name.map(|name| without_hash(&name).to_owned()).unwrap_or_default();
            if place.is_none()
                && let Ok(Some(location)) = loader.find_location(probe)
                && let (Some(file), Some(line)) = (location.file, location.line)
                && !is_library(file)
            {
                place =
                    Some(Place { file: shortened(file).to_owned(), line, function: name.clone() });
            }
            names.push(without_types(&name));
        }
        (place, hint(&names))
    }
}

/// Stops a thread that computes and says where it is. It stays stopped.
pub fn place_of_running(pid: i32, tid: i32) -> Option<Place> {
    // SAFETY: plain system call.
    if unsafe { libc::ptrace(libc::PTRACE_INTERRUPT, tid, 0_usize, 0_usize) } != 0 {
        return None;
    }
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(1) {
        let mut status = 0;
        // SAFETY: `status` lives through the call.
        let got = unsafe { libc::waitpid(tid, &raw mut status, libc::__WALL | libc::WNOHANG) };
        if got == tid {
            return Places::default().of_stopped(pid, tid, &Regs::read(tid).ok()?);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    None
}

/// The stack pointer of a blocked thread (`proc_pid_syscall(5)`: the last but one word).
fn stack_pointer(tid: i32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{tid}/syscall")).ok()?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let word = words.get(words.len().checked_sub(2)?)?;
    u64::from_str_radix(word.trim_start_matches("0x"), 16).ok()
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

fn hint(names: &[String]) -> Hint {
    let has =
        |parts: &[&str]| names.iter().any(|name| parts.iter().all(|part| name.contains(part)));
    if has(&["Barrier", "wait"]) || has(&["WaitGroup", "wait"]) {
        Hint::Barrier
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
        let names = |names: &[&str]| -> Vec<String> {
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        let recv = names(&["std::thread::park", "crossbeam_channel::flavors::list::Channel::recv"]);
        assert_eq!(hint(&recv), Hint::Receive);
        assert_eq!(hint(&names(&["parking_lot::raw_mutex::RawMutex::lock_slow"])), Hint::Lock);
        assert_eq!(hint(&names(&["std::thread::park"])), Hint::Park);
        assert_eq!(hint(&names(&["main"])), Hint::Unknown);
    }
}
