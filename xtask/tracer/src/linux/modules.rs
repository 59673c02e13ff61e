//! What the memory of a process is mapped from: its program, libraries, and what their files tell.

use std::collections::HashMap;

use lines::{Files, Program};

use super::procfs::{self, Mapping};

/// Remembers the files that it has read, and where each process has them.
pub struct Modules<'files> {
    files: &'files Files,
    programs: HashMap<String, Option<Program<'files>>>,
    processes: HashMap<i32, Process>,
}

/// The mappings of a process are read again so often: most of what is in none of them is no code at all.
const MOST_LOOKS: u32 = 4;

struct Process {
    mappings: Vec<Mapping>,
    /// The path of its program.
    program: String,
    /// How often they were read again, because something was in none of them.
    looks: u32,
}

/// Where an address is.
pub struct Located<'a, 'files> {
    pub program: &'a Program<'files>,
    pub path: &'a str,
    /// The address, as the file itself counts.
    pub address: u64,
    /// By how much the file's addresses are moved in this process.
    pub moved: u64,
    /// It is the process's own program, and not a library.
    pub is_main: bool,
}

impl<'files> Modules<'files> {
    pub fn new(files: &'files Files) -> Modules<'files> {
        Modules { files, programs: HashMap::new(), processes: HashMap::new() }
    }

    /// The thread, and not its process, whose first thread may have ended.
    fn process(&mut self, pid: i32, tid: i32) -> &mut Process {
        self.processes.entry(pid).or_insert_with(|| {
            let program = std::fs::read_link(format!("/proc/{tid}/exe")).unwrap_or_default();
            let program = program.to_string_lossy().into_owned();
            Process { mappings: procfs::mappings(tid), program, looks: 0 }
        })
    }

    /// A process runs another program from now on.
    pub fn forget(&mut self, pid: i32) {
        self.processes.remove(&pid);
    }

    /// The files that a process has code of: its own program first.
    pub fn paths(&mut self, pid: i32, tid: i32) -> Vec<String> {
        let Process { mappings, program, .. } = &*self.process(pid, tid);
        let others = mappings.iter().filter(|one| one.executable && one.path != *program);
        std::iter::once(program).chain(others.map(|one| &one.path)).cloned().collect()
    }

    /// What a file tells.
    pub fn program(&mut self, path: &str) -> Option<&Program<'files>> {
        let read = || Program::read(path, self.files);
        self.programs.entry(path.to_owned()).or_insert_with(read).as_ref()
    }

    /// Where the code of a process's own program lies.
    pub fn code(&mut self, pid: i32, tid: i32) -> Vec<(u64, u64)> {
        let Process { mappings, program, .. } = &*self.process(pid, tid);
        let own = mappings.iter().filter(|one| one.executable && one.path == *program);
        own.map(|one| (one.start, one.end)).collect()
    }

    /// The program or library whose code an address is in.
    pub fn locate(&mut self, pid: i32, tid: i32, at: u64) -> Option<Located<'_, 'files>> {
        let inside = |one: &&Mapping| one.executable && (one.start..one.end).contains(&at);
        let known = self.process(pid, tid);
        if known.looks < MOST_LOOKS && !known.mappings.iter().any(|one| inside(&one)) {
            // a library that was not there yet
            let looks = known.looks + 1;
            self.forget(pid);
            self.process(pid, tid).looks = looks;
        }
        let Process { mappings, program: main, .. } = self.processes.get(&pid)?;
        let Mapping { start, offset, path, .. } = mappings.iter().find(inside)?;
        let read = || Program::read(path, self.files);
        let program = self.programs.entry(path.clone()).or_insert_with(read).as_ref()?;
        let address = program.address(at - start + offset)?;
        let moved = at.wrapping_sub(address);
        Some(Located { program, path, address, moved, is_main: path == main })
    }
}
