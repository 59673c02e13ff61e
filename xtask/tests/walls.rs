//! The walls between the parts of the runner. Between crates the compiler keeps them, once a dependency is not declared:
//! this holds what may be declared. Within the binary, and for crates that only compute, the sources are looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Which crates of the workspace a crate may use. In this order none uses one below it: there is no circle.
const CRATES: [(&str, &[&str]); 18] = [
    ("shared", &[]),
    ("start", &[]),
    ("text", &[]),
    ("events", &[]),
    ("limits", &[]),
    ("lines", &[]),
    ("sockdiag", &[]),
    ("cpython", &["events", "lines"]),
    ("course", &["events", "limits", "text"]),
    ("tracer", &["cpython", "events", "limits", "lines", "sockdiag"]),
    ("stage", &["course", "events", "limits", "sockdiag", "tracer"]),
    ("judge", &["course", "events"]),
    ("cast", &["course", "events"]),
    ("diagnose", &["cast", "course", "events", "judge", "text"]),
    ("bless", &["course", "diagnose", "events", "judge"]),
    ("draw", &["cast", "course", "events", "text"]),
    ("book", &["course", "text"]),
    (
        "xtask",
        &[
            "bless", "book", "cast", "course", "cpython", "diagnose", "draw", "events", "judge",
            "limits", "stage", "text", "tracer",
        ],
    ),
];

/// Which modules of the binary a module may use.
const MODULES: [(&str, &[&str]); 13] = [
    ("cargo", &[]),
    ("cli", &[]),
    ("memory_files", &[]),
    ("which", &[]),
    ("perform", &["cargo", "cli"]),
    ("report", &["perform"]),
    ("compiler", &["cargo", "cli", "perform", "which"]),
    ("practice", &["cargo", "cli", "compiler", "perform", "report"]),
    ("grade", &["cargo", "cli", "compiler", "perform", "practice"]),
    ("bench", &["memory_files", "which"]),
    ("doctor", &["memory_files"]),
    ("scaffold", &[]),
    (
        "commands",
        &[
            "bench", "cargo", "cli", "doctor", "grade", "perform", "practice", "report",
            "scaffold", "which",
        ],
    ),
];

/// Crates that get data and give data, and what would be more than that.
const PURE: [&str; 8] = ["text", "events", "limits", "cast", "judge", "diagnose", "bless", "draw"];
const IMPURE: [&str; 8] = [
    "std::fs",
    "std::process",
    "std::thread",
    "std::env",
    "std::io::std",
    "Instant::now",
    "println!(",
    "unsafe ",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The packages of the workspace, with those of their dependencies that are packages of it.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    let uses = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap();
        // what only tests use is no wall
        let real = all.iter().filter(|one| one["kind"].as_str() != Some("dev"));
        real.map(name).filter(|name| ours.contains(name)).collect()
    };
    packages.iter().map(|package| (name(package), uses(package))).collect()
}

/// The Rust sources below a folder, without tests.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name == "tests" {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.push((path, code.collect::<Vec<_>>().join("\n")));
        }
    }
    found
}

#[test]
fn crates_use_what_they_may_and_nothing_else() {
    let (lessons, runner): (BTreeMap<_, _>, BTreeMap<_, _>) =
        dependencies().into_iter().partition(|(name, _)| name.starts_with("lesson-"));
    let allowed: BTreeMap<String, BTreeSet<String>> = CRATES
        .iter()
        .map(|(name, uses)| {
            ((*name).to_owned(), uses.iter().map(|one| (*one).to_owned()).collect())
        })
        .collect();
    assert_eq!(runner, allowed);
    for (lesson, uses) in lessons {
        assert!(uses.iter().all(|one| one == "shared"), "{lesson} uses {uses:?}");
    }
}

#[test]
fn there_is_no_circle() {
    for (index, (name, uses)) in CRATES.iter().enumerate() {
        for used in *uses {
            let place = CRATES.iter().position(|(other, _)| other == used);
            assert!(
                place.is_some_and(|place| place < index),
                "{name} uses {used}, which comes later"
            );
        }
    }
    for (index, (name, uses)) in MODULES.iter().enumerate() {
        for used in *uses {
            let place = MODULES.iter().position(|(other, _)| other == used);
            assert!(
                place.is_some_and(|place| place < index),
                "{name} uses {used}, which comes later"
            );
        }
    }
}

#[test]
fn modules_of_the_binary_use_what_they_may() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut known = 0;
    for (path, code) in sources(&folder) {
        let below = path.strip_prefix(&folder).unwrap();
        let module = below.iter().next().unwrap().to_string_lossy();
        let module = module.trim_end_matches(".rs");
        let Some((_, uses)) = MODULES.iter().find(|(name, _)| *name == module) else {
            assert!(
                ["lib", "main"].contains(&module),
                "{module} has no walls: say what it may use"
            );
            continue;
        };
        known += 1;
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let used = &rest[..end.unwrap_or(rest.len())];
            let own = used == module || used.is_empty();
            assert!(own || uses.contains(&used), "{} uses {used}", below.display());
        }
    }
    assert!(known > MODULES.len());
}

#[test]
fn what_only_computes_touches_nothing() {
    for name in PURE {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name).join("src");
        let sources = sources(&folder);
        assert!(!sources.is_empty(), "{name}");
        for (path, code) in sources {
            for word in IMPURE {
                // in a text for people it may stand: 「eprintln!」
                let unquoted =
                    |line: &&str| line.split('"').step_by(2).any(|part| part.contains(word));
                let found = code.lines().find(unquoted);
                assert_eq!(found, None, "{}: {word}", path.display());
            }
        }
    }
}
