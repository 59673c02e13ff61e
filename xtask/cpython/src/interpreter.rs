//! Finds the interpreter in a process.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use lines::definitions;

use crate::layout::Layout;
use crate::owner::Owner;
use crate::walk::{Types, Walk};
use crate::{Memory, Stack, TRIED, threads};

/// Why nothing is known of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It is no CPython, as far as can be seen.
    NotPython,
    /// It is one of a version that was not tried: 3 and this. With 0 the version is not known.
    Version(u8),
    /// What is in its memory is not what should be there.
    Unreadable,
}

/// Reads from processes; remembers the program files that it has read.
#[derive(Debug, Default)]
pub struct Interpreters {
    files: HashMap<PathBuf, Option<Definitions>>,
}

/// [`lines::definitions`] of [`NAMES`].
type Definitions = [Option<u64>; NAMES.len()];

const NAMES: [&str; 5] =
    ["_PyRuntime", "PyCode_Type", "PyUnicode_Type", "PyBytes_Type", "Py_Version"];

/// An interpreter in a process.
#[derive(Debug)]
struct Found {
    runtime: u64,
    types: Types,
    minor: u8,
}

impl Interpreters {
    /// The stacks of the threads of a process that carry out Python, as far as they are known. `tid` is a living thread
    /// of it: the first one, with the process's own number, may have ended.
    ///
    /// # Errors
    /// Nothing is known of it.
    pub fn stacks(&mut self, tid: i32, memory: &dyn Memory) -> Result<Vec<Stack>, Unknown> {
        let Found { runtime, types, minor } = self.find(tid, memory)?;
        if !TRIED.contains(&minor) {
            return Err(Unknown::Version(minor));
        }
        let layout = Layout::of(minor, runtime, memory).ok_or(Unknown::Unreadable)?;
        let walk = Walk { memory, layout: &layout, types };
        let states = walk.threads(runtime).ok_or(Unknown::Unreadable)?;
        let pthreads: Vec<u64> = states.iter().map(|state| state.pthread).collect();
        let tids = threads::tids(tid, &pthreads, memory);
        let (mut owner, mut codes) = (Owner::of(tid, minor), HashMap::new());
        let stack = |(state, tid): (_, Option<i32>)| {
            Some(Stack { tid: tid?, frames: owner.told(walk.frames(state, &mut codes)?) })
        };
        Ok(states.into_iter().zip(tids).filter_map(stack).collect())
    }

    fn find(&mut self, tid: i32, memory: &dyn Memory) -> Result<Found, Unknown> {
        let mappings = mappings(tid);
        let is_python = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            name.contains("python")
        };
        for (start, path) in mappings.iter().filter(|(_, path)| is_python(path)) {
            let inside = Path::new("/proc").join(tid.to_string()).join("root");
            let file = inside.join(path.strip_prefix("/").unwrap_or(path));
            let defined = self.files.entry(path.clone());
            let defined = defined.or_insert_with(|| definitions(&file, NAMES));
            // a file may say anything
            let here = |far: Option<u64>| far.map(|far| start.wrapping_add(far));
            let Some([Some(runtime), Some(code), Some(text), Some(bytes), version]) =
                defined.map(|defined| defined.map(here))
            else {
                continue;
            };
            let minor = match version {
                Some(version) => hex_version(version, memory),
                None => version_by_name(path, mappings.iter().map(|(_, path)| path.as_path())),
            };
            let types = Types { code, text, bytes };
            return Ok(Found { runtime, types, minor: minor.ok_or(Unknown::Version(0))? });
        }
        Err(Unknown::NotPython)
    }
}

/// The files that are mapped into a process, and where the first part of each lies (`proc_pid_maps(5)`).
fn mappings(tid: i32) -> Vec<(u64, PathBuf)> {
    let text = fs::read_to_string(format!("/proc/{tid}/maps")).unwrap_or_default();
    let mut found: Vec<(u64, PathBuf)> = Vec::new();
    for line in text.lines() {
        let Some(slash) = line.find('/') else { continue };
        let path = Path::new(&line[slash..]);
        let start = line.split('-').next().and_then(|hex| u64::from_str_radix(hex, 16).ok());
        if let Some(start) = start.filter(|_| found.iter().all(|(_, other)| other != path)) {
            found.push((start, path.to_owned()));
        }
    }
    found
}

/// `Py_Version` (since 3.11): 0x030b07f0 is 3.11.7.
fn hex_version(address: u64, memory: &dyn Memory) -> Option<u8> {
    let bytes = memory.read(address, 8)?;
    let [.., 0, 0, 0, 0, 3, minor, _, _] = u64::from_ne_bytes(bytes.try_into().ok()?).to_be_bytes()
    else {
        return None;
    };
    Some(minor)
}

/// The version of an interpreter by the name of its file, or by the modules of the library that it has loaded:
/// `libpython3.9.so.1.0`, `/usr/lib/python3.9/lib-dynload/...`. Other builds, for example `libpython3.9d.so`, keep their
/// structures in another way.
fn version_by_name<'a>(file: &Path, all: impl Iterator<Item = &'a Path>) -> Option<u8> {
    let name = file.file_name()?.to_str()?;
    let name = name.strip_prefix("lib").unwrap_or(name);
    let name = name.split_once(".so").map_or(name, |(name, _)| name);
    let minor = |name: &str| name.strip_prefix("python3.")?.parse().ok();
    if name.starts_with("python3.") {
        return minor(name);
    }
    let of_module = |path: &Path| {
        let folder = path.parent().filter(|folder| folder.ends_with("lib-dynload"))?.parent()?;
        minor(folder.file_name()?.to_str()?)
    };
    let mut found = all.filter_map(of_module);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn names_tell_the_version() {
        let module = "/usr/lib/python3.10/lib-dynload/_ssl.cpython-310-x86_64-linux-gnu.so";
        let other = "/opt/lib/python3.9/lib-dynload/_ssl.so";
        for (file, modules, version) in [
            ("/usr/lib/x86_64-linux-gnu/libpython3.9.so.1.0", &[module][..], Some(9)),
            ("/usr/bin/python3.8", &[], Some(8)),
            ("/home/me/python3.8/bin/python", &[module, module], Some(10)),
            ("/home/me/bin/python3", &[module, other], None),
            ("/usr/lib/libpython3.9d.so.1.0", &[module], None),
            ("/usr/bin/python3", &[], None),
        ] {
            let modules = modules.iter().map(Path::new);
            assert_eq!(version_by_name(Path::new(file), modules), version, "{file}");
        }
    }
}
