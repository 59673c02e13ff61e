//! Plays scenes whose programs are small shell scripts: wrong ones, above all.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use xtask::judge::{Failure, Rule, Verdict, judge};
use xtask::play::play;
use xtask::script::parse;
use xtask::stage::{Assignment, Program, network};

/// What a scene led to.
pub struct Played {
    pub verdict: Verdict,
    pub time: Duration,
}

impl Played {
    /// The rules that were broken, in the order of the report.
    pub fn rules(&self) -> Vec<Rule> {
        self.verdict.failures.iter().map(|failure| failure.rule).collect()
    }

    /// The failure of this rule.
    pub fn failure(&self, rule: Rule) -> &Failure {
        let found = self.verdict.failures.iter().find(|failure| failure.rule == rule);
        found.unwrap_or_else(|| panic!("no {rule:?} in {:#?}", self.verdict.failures))
    }
}

/// Plays `script` (without its heading) with `programs`: name after `lesson-`, and a shell script. Where
/// the text is empty there is no file.
pub fn scene(programs: &[(&str, &str)], script: &str) -> Played {
    let bin = tempfile::tempdir().unwrap();
    let mut known = BTreeMap::new();
    for (name, text) in programs {
        let path = bin.path().join(name);
        if !text.is_empty() {
            fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        known.insert(format!("lesson-{name}"), Program { path, address: None });
    }
    let scene = parse(&format!("场景 试\n{script}")).unwrap().scenes.remove(0);
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let assignment = Assignment {
        scene,
        folder: folder.path().to_owned(),
        lessons: Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons"),
        programs: known,
        own_network: network::probe(Path::new(env!("CARGO_BIN_EXE_xtask")), &[]).is_ok(),
        trace: None,
        directory: None,
        parent: std::process::id() as i32,
    };
    let (scene, events) = play(Path::new(env!("CARGO_BIN_EXE_xtask")), assignment, |_| {}).unwrap();
    let verdict = judge(&scene, &events);
    Played { verdict, time: began.elapsed() }
}

/// The processes whose command line holds `marker`.
pub fn processes(marker: &str) -> Vec<String> {
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "))
        .filter(|command| command.contains(marker))
        .collect()
}
