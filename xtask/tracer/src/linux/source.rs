//! Where in its source a thread is: the functions on its stack ([`stack`]), and what their files tell of them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lines::{Files, Function, Program, Registers};

use events::{Excerpt, Frame, Hint, Language, Place};

use super::excerpt::Sources;
use super::modules::{Located, Modules};
use super::names;
use super::procfs;
use super::python::Pythons;
use super::regs::Regs;
use super::stack;

/// The source of so many of a program's own functions is kept, from the innermost on: it may have called itself.
const SOURCES: usize = 8;
/// A blocked thread that seems to run is looked at again for so long.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Finds places; remembers the programs it has read.
pub struct Places<'files> {
    modules: Modules<'files>,
    sources: Sources,
    /// Whose functions the program of a process has.
    owners: HashMap<i32, Owner>,
}

/// Where a thread waits.
#[derive(Debug, Default)]
pub struct Found {
    /// The innermost line of its program.
    pub place: Option<Place>,
    /// What the names of the functions inside of that tell.
    pub hint: Hint,
    /// All functions that it is in, the innermost first.
    pub frames: Vec<Frame>,
    /// The file that the innermost of them that has a name is in.
    pub library: String,
}

impl<'files> Places<'files> {
    /// Reads programs into `files`.
    pub fn new(files: &'files Files) -> Places<'files> {
        let modules = Modules::new(files);
        Places { modules, sources: Sources::default(), owners: HashMap::new() }
    }

    /// Of a thread that is blocked in the kernel, or stopped at the beginning or end of a call. While it is blocked nobody
    /// can read its registers without disturbing it; but they are those with which it has `entered` the call.
    pub fn of_blocked(&mut self, pid: i32, tid: i32, entered: Option<&Regs>) -> Found {
        let now = Regs::read(tid).ok();
        let known = now.as_ref().or(entered).map(Regs::for_callers);
        let Some(registers) = known.or_else(|| registers(tid)) else { return Found::default() };
        let addresses = self.in_call(pid, tid, registers);
        let (frames, library) = self.frames(pid, tid, &addresses);
        Found { place: place(&frames), hint: names::hint(&frames), frames, library }
    }

    /// The addresses on the stack of a thread that is stopped at the beginning or end of a call.
    pub fn stack(&mut self, pid: i32, tid: i32, regs: &Regs) -> Vec<u64> {
        self.in_call(pid, tid, regs.for_callers())
    }

    /// The functions that these are in.
    pub fn functions(&mut self, pid: i32, tid: i32, addresses: &[u64]) -> Vec<Frame> {
        self.frames(pid, tid, addresses).0
    }

    /// The program of a process is an interpreter.
    pub fn interprets(&mut self, pid: i32, tid: i32) -> bool {
        let Places { modules, owners, .. } = self;
        let owner = owners.entry(pid).or_insert_with(|| owner(modules, pid, tid));
        matches!(owner, Owner::Interpreter)
    }

    /// A process runs another program from now on.
    pub fn forget(&mut self, pid: i32) {
        self.modules.forget(pid);
        self.owners.remove(&pid);
    }

    fn in_call(&mut self, pid: i32, tid: i32, registers: Registers) -> Vec<u64> {
        let mut addresses = stack::walk(&mut self.modules, pid, tid, registers);
        if let Some(call) = addresses.first_mut() {
            // it goes on behind the call
            *call = call.saturating_sub(1);
        }
        addresses
    }

    /// Of a thread that is stopped in its own code, or in that of a library.
    fn of_stopped(&mut self, pid: i32, tid: i32, regs: &Regs) -> Option<Place> {
        let addresses = stack::walk(&mut self.modules, pid, tid, regs.for_callers());
        place(&self.frames(pid, tid, &addresses).0)
    }

    /// The functions that these addresses are in, each with those that were inlined there; and the file that the innermost
    /// of them is in.
    fn frames(&mut self, pid: i32, tid: i32, addresses: &[u64]) -> (Vec<Frame>, String) {
        let Places { modules, sources, owners } = self;
        let owner = owners.entry(pid).or_insert_with(|| owner(modules, pid, tid));
        let mut found = Vec::new();
        let mut library = String::new();
        for address in addresses {
            let Some(located) = modules.locate(pid, tid, *address) else { continue };
            for function in located.program.functions(located.address) {
                let own = owner.owns(&located, &function);
                if function.name.is_empty() && function.line.is_none() {
                    continue;
                }
                if found.is_empty() {
                    located.path.clone_into(&mut library);
                }
                let has_source =
                    own && found.iter().filter(|one: &&Frame| one.own).count() < SOURCES;
                let source = has_source.then(|| excerpt(sources, tid, located.program, &function));
                found.push(frame(&function, own, source.flatten()));
            }
        }
        // how a program and its threads begin tells nothing
        if let Some(outermost) = found.iter().rposition(|frame| frame.own) {
            found.truncate(outermost + 1);
        }
        (found, library)
    }
}

fn frame(function: &Function, own: bool, source: Option<Excerpt>) -> Frame {
    let name = names::without_hash(&function.name);
    Frame {
        // types tell nothing about what a library does; in the program they are part of a name
        function: if own { name.to_owned() } else { names::of_library(name, function.file) },
        file: function.file.map(|file| names::shortened(file).to_owned()),
        line: function.line,
        own,
        language: Language::Native,
        source,
    }
}

fn excerpt(
    sources: &mut Sources,
    tid: i32,
    program: &Program,
    function: &Function,
) -> Option<Excerpt> {
    let file = Path::new(function.file?);
    let file = match file.is_absolute() {
        true => file.to_owned(),
        // the compiler was told to say so; then it is the folder that the program runs in, or nobody knows
        false => PathBuf::from(procfs::folder(tid)).join(file),
    };
    sources.excerpt(&file, program.written(), function.begins?, function.line?)
}

/// Whose the functions of a program are.
enum Owner {
    /// Its own, but for libraries; where no line is known, those of these crates.
    Crates(Vec<String>),
    /// The same; where no line is known, none: it is a library that was linked into it.
    WithLines,
    /// No line is known: all but those that every program has.
    Program,
    /// It is an interpreter: what it carries out is the program, and not itself.
    Interpreter,
}

impl Owner {
    fn owns(&self, located: &Located, function: &Function) -> bool {
        let Function { name, file, .. } = function;
        match (self, file) {
            (Owner::Interpreter, _) => false,
            (_, Some(file)) => !names::is_library(file),
            (Owner::WithLines, None) => false,
            _ if !located.is_main => false,
            (Owner::Crates(own), None) => own.iter().any(|own| names::is_of_crate(name, own)),
            (Owner::Program, None) => !name.is_empty() && !name.starts_with('_'),
        }
    }
}

/// What interpreters define that people write in C: CPython, Ruby, Perl.
const INTERPRETERS: [&str; 4] = ["Py_BytesMain", "Py_Main", "ruby_init", "perl_parse"];
/// The same where that is a library.
const INTERPRETER_LIBRARIES: [&str; 3] = ["libpython", "libruby", "libperl"];

fn owner(modules: &mut Modules, pid: i32, tid: i32) -> Owner {
    let paths = modules.paths(pid, tid);
    let names = paths.iter().filter_map(|path| path.rsplit('/').next());
    let mut libraries = names.skip(1);
    let is_interpreter = |name: &str| INTERPRETER_LIBRARIES.iter().any(|one| name.starts_with(one));
    let program = paths.first().and_then(|path| modules.program(path));
    let named = |name: &str| program?.named(name);
    if libraries.any(is_interpreter) || INTERPRETERS.iter().any(|name| named(name).is_some()) {
        return Owner::Interpreter;
    }
    let main = program.zip(named("main"));
    let main = main.map(|(program, main)| program.functions(main.start));
    match program.map(Program::crates_with_main) {
        Some(crates) if !crates.is_empty() => Owner::Crates(crates),
        _ if main.is_some_and(|main| main.iter().any(|one| one.line.is_some())) => Owner::WithLines,
        _ => Owner::Program,
    }
}

/// The innermost line of the program itself.
pub fn place(frames: &[Frame]) -> Option<Place> {
    frames.iter().filter(|frame| frame.own).find_map(|frame| {
        let (file, line, function) = (frame.file.clone()?, frame.line?, frame.function.clone());
        Some(Place { file, line, function })
    })
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

/// What is known of a blocked thread in a call that was not looked at (`proc_pid_syscall(5)`: the last two words are its
/// stack pointer and where it goes on).
fn registers(tid: i32) -> Option<Registers> {
    let began = Instant::now();
    loop {
        let text = std::fs::read_to_string(format!("/proc/{tid}/syscall")).ok()?;
        let words: Vec<&str> = text.split_whitespace().collect();
        if let [_, .., stack, code] = words.as_slice() {
            let number = |word: &str| u64::from_str_radix(word.trim_start_matches("0x"), 16).ok();
            return Some(Registers::new(number(code)?, number(stack)?, None));
        }
        // `running`: it is blocked, but on a busy machine the kernel may have it on a processor for a moment all the same
        if began.elapsed() > LOOK_AGAIN {
            return None;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}
