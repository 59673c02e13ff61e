//! The processes: which program each belongs to, and which numbers are ours.

use std::collections::{BTreeMap, BTreeSet};

use crate::linux::procfs;
use events::Place;

/// Those that live, and what is remembered of the others.
#[derive(Default)]
pub struct Processes {
    alive: BTreeMap<i32, Process>,
    /// The programs that were started: process and number.
    started: Vec<(i32, usize)>,
    /// The number of every process and thread that ever was one of ours: whom they may send signals.
    ours: BTreeSet<i32>,
}

struct Process {
    program: usize,
    /// Its working directory.
    folder: String,
    /// It has called `exit_group(2)`: all its threads are about to end.
    ends: bool,
    /// From where it did so, if that is to be told.
    end: Option<Box<Place>>,
}

impl Processes {
    /// A program was started.
    pub fn start(&mut self, pid: i32, program: usize) {
        self.started.push((pid, program));
        self.alive.insert(pid, Process { program, folder: String::new(), ends: false, end: None });
    }

    /// A process has a child now.
    pub fn fork(&mut self, parent: i32, child: i32) {
        if let Some(Process { program, folder, .. }) = self.alive.get(&parent) {
            let (program, folder) = (*program, folder.clone());
            let child_process = Process { program, folder, ends: false, end: None };
            self.alive.insert(child, child_process);
        }
    }

    /// One whose parent was killed before it could tell: it belongs to the program of its new parent, or of its group.
    pub fn adopt(&mut self, pid: i32) {
        let relatives = [procfs::parent(pid), procfs::group(pid)].into_iter().flatten();
        let known = relatives.filter_map(|one| self.program_of_any(one)).next();
        let process = Process {
            program: known.unwrap_or_default(),
            folder: procfs::folder(pid),
            ends: false,
            end: None,
        };
        self.alive.entry(pid).or_insert(process);
    }

    /// It runs another program now, perhaps in another folder.
    pub fn executed(&mut self, pid: i32) {
        if let Some(process) = self.alive.get_mut(&pid) {
            process.folder = procfs::folder(pid);
        }
    }

    /// It is about to end, with all its threads; from where it does so, if that is to be told.
    pub fn begin_to_end(&mut self, pid: i32, from: Option<Place>) {
        if let Some(process) = self.alive.get_mut(&pid) {
            (process.ends, process.end) = (true, from.map(Box::new));
        }
    }

    /// From where it called for its end, if that is to be told and known.
    pub fn place_of_end(&mut self, pid: i32) -> Option<Box<Place>> {
        self.alive.get_mut(&pid)?.end.take()
    }

    /// It is about to end, or has ended.
    pub fn ends(&self, pid: i32) -> bool {
        self.alive.get(&pid).is_none_or(|process| process.ends)
    }

    /// Those that are about to end.
    pub fn ending(&self) -> impl Iterator<Item = i32> {
        self.alive.iter().filter(|(_, process)| process.ends).map(|(pid, _)| *pid)
    }

    /// It has ended.
    pub fn remove(&mut self, pid: i32) {
        self.alive.remove(&pid);
    }

    /// The program that a living process belongs to.
    pub fn program_of(&self, pid: i32) -> Option<usize> {
        self.alive.get(&pid).map(|process| process.program)
    }

    /// The working directory of a living process.
    pub fn folder_of(&self, pid: i32) -> Option<&str> {
        self.alive.get(&pid).map(|process| process.folder.as_str())
    }

    /// Those that live.
    pub fn all(&self) -> Vec<i32> {
        self.alive.keys().copied().collect()
    }

    /// These are numbers of ours for ever.
    pub fn count_as_ours(&mut self, numbers: [i32; 2]) {
        self.ours.extend(numbers);
    }

    /// A process, a thread or a group of that number is, or was, one of ours.
    pub fn are_ours(&self, number: i32) -> bool {
        self.ours.contains(&number)
    }

    /// The same as `program_of`, also of a program that has ended.
    fn program_of_any(&self, pid: i32) -> Option<usize> {
        let started =
            || self.started.iter().find(|(one, _)| *one == pid).map(|(_, number)| *number);
        self.program_of(pid).or_else(started)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_belong_to_the_program_of_their_parent() {
        let mut processes = Processes::default();
        processes.start(10, 3);
        processes.fork(10, 11);
        processes.begin_to_end(10, None);
        assert_eq!((processes.program_of(11), processes.ends(11)), (Some(3), false));
        assert_eq!(processes.ending().collect::<Vec<_>>(), [10]);
        processes.remove(10);
        assert_eq!((processes.program_of(10), processes.program_of_any(10)), (None, Some(3)));
        assert!(processes.ends(10));
    }

    #[test]
    fn numbers_stay_ours() {
        let mut processes = Processes::default();
        processes.count_as_ours([10, 12]);
        processes.remove(10);
        assert!(processes.are_ours(10) && processes.are_ours(12) && !processes.are_ours(11));
    }
}
