//! Plays scenes whose programs are small shell scripts: wrong ones, above all.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use course::script::parse;
use events::{Clock, Kind};
use stage::play::play;
use stage::{Assignment, Detail, Program, network};
use xtask::judge::{Failure, Rule, Verdict, judge};

/// What a scene led to.
#[derive(Debug)]
pub struct Played {
    pub verdict: Verdict,
    pub time: Duration,
    /// Traced, it ended before its time: stuck, computing without end, or not to be traced.
    pub is_cut_short: bool,
}

impl Played {
    /// The rules that were broken, in the order of the report.
    pub fn rules(&self) -> Vec<Rule> {
        self.verdict.failures.iter().map(|failure| failure.rule).collect()
    }

    /// The same, each once: how many orphans are met depends on the moment.
    pub fn different_rules(&self) -> Vec<Rule> {
        let mut rules = self.rules();
        rules.dedup();
        rules
    }

    /// The failure of this rule.
    pub fn failure(&self, rule: Rule) -> &Failure {
        let found = self.verdict.failures.iter().find(|failure| failure.rule == rule);
        found.unwrap_or_else(|| panic!("no {rule:?} in {:#?}", self.verdict.failures))
    }
}

/// Plays `script` (without its heading) with `programs`: name after `lesson-`, and a shell script. Where
/// the text is empty there is no file.
///
/// It is played twice: by pipes, and traced in virtual time; the same rules must be broken. What only a tracer can see:
/// that another process or thread printed a line than the script says (`Source`), as a shell's `seq` or `head` does.
pub fn scene(programs: &[(&str, &str)], script: &str) -> Played {
    let played = play_scene(programs, script, None);
    let traced = play_scene(programs, script, Some(Clock::Virtual { seed: 0 }));
    if !traced.is_cut_short && !traced.rules().contains(&Rule::Source) {
        assert_eq!(
            played.different_rules(),
            traced.different_rules(),
            "by pipes and traced: {:#?}",
            traced.verdict
        );
    }
    played
}

/// The same once, observed in one of the two ways.
pub fn play_scene(programs: &[(&str, &str)], script: &str, trace: Option<Clock>) -> Played {
    try_play(programs, script, trace).unwrap()
}

/// The same, also where the scene may not be played to its end.
pub fn try_play(
    programs: &[(&str, &str)],
    script: &str,
    trace: Option<Clock>,
) -> anyhow::Result<Played> {
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
        detail: Detail::Verdict,
        scene,
        folder: folder.path().to_owned(),
        lessons: Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons"),
        programs: known,
        own_network: network::probe(Path::new(env!("CARGO_BIN_EXE_xtask")), &[]).is_ok(),
        trace,
        directory: None,
        parent: std::process::id() as i32,
    };
    let (scene, events) = play(Path::new(env!("CARGO_BIN_EXE_xtask")), assignment, |_| {})?;
    let verdict = judge(&scene, &events);
    let cut = |kind: &Kind| {
        matches!(kind, Kind::Stuck { .. } | Kind::Computing { .. } | Kind::Untraceable { .. })
    };
    let is_cut_short = events.iter().any(|event| cut(&event.kind));
    Ok(Played { verdict, time: began.elapsed(), is_cut_short })
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
