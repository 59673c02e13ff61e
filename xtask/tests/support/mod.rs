//! Plays scenes whose programs are small shell scripts: wrong ones, above all.

mod executable;
pub mod performance;

use std::fs;

use executable::executable;
use performance::{Performance, program, within_a_limit};

use events::{Clock, Kind};
use judge::Rule;

pub use performance::Played;

/// Plays `script` (without its heading) with `programs`: name after `lesson-`, and a shell script. Where
/// the text is empty there is no file.
///
/// It is played twice: by pipes, and traced in virtual time; the same rules must be broken. What only a tracer can see:
/// that another process or thread printed a line than the script says (`Source`), as a shell's `seq` or `head` does.
pub fn scene(programs: &[(&str, &str)], script: &str) -> Played {
    let play = |trace| play_scene(programs, script, trace);
    agreed(play(None), play(Some(Clock::Virtual { seed: 0 })))
}

/// The same for programs that give the machine some time, in tenths of a second: more and more until it is `right`.
#[allow(dead_code, reason = "not every test program asks for it")]
pub fn scene_with_patience(
    programs: impl Fn(u32) -> Vec<(&'static str, String)>,
    script: &str,
    right: impl Fn(&Played) -> bool,
) -> Played {
    let play = |trace| {
        let play = |tenths| {
            let programs = programs(tenths);
            let programs: Vec<_> = programs.iter().map(|(name, text)| (*name, &**text)).collect();
            play_scene(&programs, script, trace)
        };
        within_a_limit(play, &right)
    };
    agreed(play(None), play(Some(Clock::Virtual { seed: 0 })))
}

/// The same for a scene that only its limit ends, after something that makes it `right` has happened: with longer and
/// longer limits until it has. `script` says none.
#[allow(dead_code, reason = "not every test program asks for it")]
pub fn scene_within_a_limit(
    programs: &[(&str, &str)],
    script: &str,
    right: impl Fn(&Played) -> bool,
) -> Played {
    let play = |trace| {
        within_a_limit(
            |limit| play_scene(programs, &format!("限时 {limit} 秒\n{script}"), trace),
            |played| right(played) || is_cut_short(played),
        )
    };
    agreed(play(None), play(Some(Clock::Virtual { seed: 0 })))
}

/// What was seen by pipes; traced, the same rules must have been broken.
fn agreed(played: Played, traced: Played) -> Played {
    if !is_cut_short(&traced) && !traced.rules().contains(&Rule::Source) {
        assert_eq!(
            different_rules(&played),
            different_rules(&traced),
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
    let written = programs.iter().map(|(name, text)| {
        let path = bin.path().join(name);
        if !text.is_empty() {
            executable(&path, format!("#!/bin/sh\n{text}\n").as_bytes(), 0o755);
        }
        (format!("lesson-{name}"), program(path))
    });
    Performance::of(script).with(written.collect()).traced(trace).play()
}

/// The broken rules, each once: how many orphans are met depends on the moment.
fn different_rules(played: &Played) -> Vec<Rule> {
    let mut rules = played.rules();
    rules.dedup();
    rules
}

/// Traced, it ended before its time: stuck, computing without end, or not to be traced.
fn is_cut_short(played: &Played) -> bool {
    played.events.iter().any(|event| {
        matches!(
            event.kind,
            Kind::Stuck { .. }
                | Kind::Computing { .. }
                | Kind::Untraceable { .. }
                | Kind::TooManyWrites { .. }
        )
    })
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
