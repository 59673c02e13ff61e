//! Wrong programs in the place of a lesson's own: each is rejected by that lesson's script, and its mistake is named first.
//! `wrong/cases.txt` says which. The lessons' own programs have none of these mistakes.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/strangers.rs"]
mod strangers;
#[path = "support/wrong.rs"]
mod wrong;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::thread;

use bank::performance::{self, OWN_NETWORK, Played, program, xtask};
use wrong::Case;

use course::script::{Action, Practice, Scene};
use diagnose::{Code, diagnose};
use judge::{Failure, Rule, Subject, Verdict};
use stage::Program;
use stage::observe::probe_tracing;
use strangers::Built;

fn is_possible() -> bool {
    let traced = probe_tracing(xtask());
    if let Err(why) = &traced {
        eprintln!("not tested: {why}");
    } else if !*OWN_NETWORK {
        eprintln!("not tested: the scenes have no network of their own");
    }
    traced.is_ok() && *OWN_NETWORK
}

/// Does it for each, as many at a time as there are processors.
fn each<T: Send>(all: Vec<T>, work: impl Fn(T) -> Option<String> + Sync) -> Vec<String> {
    let (all, wrongs) = (Mutex::new(all.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(one) = all.lock().unwrap().next() else { break };
                    wrongs.lock().unwrap().extend(work(one));
                }
            });
        }
    });
    wrongs.into_inner().unwrap()
}

/// The first scene of its lesson that it fails.
fn failed(
    case: &Case,
    scenes: &[(String, Scene)],
    lessons: &BTreeMap<String, Program>,
    built: &Built,
) -> Option<(Played, String)> {
    let mut programs = lessons.clone();
    programs.insert(case.package(), program(built.path(case.folder, case.name)));
    wrong::scenes_of(case, scenes).into_iter().find_map(|scene| {
        let played = wrong::played(scene, &programs);
        (!played.verdict.passed()).then(|| (played, scene.title.clone()))
    })
}

#[test]
fn the_mistake_is_named_first() {
    if !is_possible() {
        return;
    }
    let (scenes, built) = (wrong::scenes(), wrong::build());
    let lessons = wrong::lessons(&scenes);
    let wrongs = each(Case::wrong(), |case| {
        let name = format!("{}/{}", case.folder, case.name);
        let Some((played, scene)) = failed(&case, &scenes, &lessons, &built) else {
            return Some(format!("{name}: passes"));
        };
        let codes: Vec<&str> = played.causes.iter().map(|cause| cause.code.id()).collect();
        if codes.first() == Some(&case.code) {
            return None;
        }
        let said: Vec<_> = played.causes.iter().map(|cause| &cause.sentence).collect();
        let failures: Vec<String> = played
            .verdict
            .failures
            .iter()
            .map(|failure| {
                format!(
                    "{:?} {:?} {:?} {:?} {}",
                    failure.rule, failure.subject, failure.expected, failure.got, failure.detail
                )
            })
            .collect();
        Some(format!("{name} 「{scene}」: {codes:?}, not {}: {said:#?} {failures:#?}", case.code))
    });
    assert!(wrongs.is_empty(), "{} wrong\n{}", wrongs.len(), wrongs.join("\n"));
}

#[test]
fn every_mistake_has_a_program_and_a_section() {
    let played: BTreeSet<&str> = Case::wrong().iter().map(|case| case.code).collect();
    let page = include_str!("../../docs/mistakes.md");
    for code in Code::mistakes().iter().map(|code| code.id()) {
        assert!(played.contains(code), "wrong/cases.txt: {code}");
        assert!(page.contains(&format!("{{#cause-{code}}}\n")), "docs/mistakes.md: {code}");
    }
}

/// Every rule broken by everybody: what is said then of programs that are right is false.
fn everything_wrong(scene: &Scene, events: usize) -> Verdict {
    let terminals = (0..scene.terminals.len()).map(Subject::Terminal);
    let lanes = (0..scene.lanes.len()).map(Subject::Lane);
    let files = scene.compared.iter().map(|one| Subject::File(one.path.clone()));
    let subjects: Vec<Subject> = terminals.chain(lanes).chain(files).collect();
    let failure = |rule: Rule, subject: &Subject, expected: Option<String>| Failure {
        rule,
        line: scene.line,
        subject: subject.clone(),
        expected,
        got: None,
        detail: String::new(),
        event: Some(events.saturating_sub(1)),
    };
    let mut failures = Vec::new();
    for subject in &subjects {
        let rules = Rule::all().filter(|rule| *rule != Rule::Mechanism);
        failures.extend(rules.map(|rule| failure(rule, subject, None)));
    }
    failures.extend(scene.demands.iter().map(|demand| {
        let subject = Subject::Terminal(demand.terminal);
        failure(Rule::Mechanism, &subject, Some(demand.practice.to_string()))
    }));
    Verdict { failures, unchecked: Vec::new() }
}

/// The mistakes that are seen in a scene where everything is right.
fn falsely_said(scene: &Scene, programs: &BTreeMap<String, Program>) -> Option<String> {
    let Played { verdict, events, .. } = wrong::played(scene, programs);
    assert!(verdict.passed(), "{}: {:#?}", scene.title, verdict.failures);
    let causes = diagnose(scene, &events, &everything_wrong(scene, events.len()));
    let said = causes.iter().filter(|cause| Code::mistakes().contains(&cause.code));
    let said: Vec<_> = said.map(|cause| (cause.code.id(), &cause.sentence)).collect();
    (!said.is_empty()).then(|| format!("「{}」: {said:#?}", scene.title))
}

/// It asks how many clients this package serves at the same time.
fn counts_served(scene: &Scene, of: &str) -> bool {
    let runs = |terminal: usize| {
        scene.directions.iter().any(|one| {
            let Action::Start { package, .. } = &one.action else { return false };
            one.terminal == terminal && package == of
        })
    };
    scene
        .demands
        .iter()
        .any(|demand| matches!(demand.practice, Practice::ServedAtOnce(_)) && runs(demand.terminal))
}

#[test]
fn right_programs_have_none_of_these_mistakes() {
    if !is_possible() {
        return;
    }
    let scenes = wrong::scenes();
    let lessons = wrong::lessons(&scenes);
    let mut wrongs = each(scenes.iter().collect(), |(_, scene)| falsely_said(scene, &lessons));
    let built = wrong::build();
    wrongs.extend(each(Case::right(), |case| {
        let mut programs = lessons.clone();
        programs.insert(case.package(), program(built.path(case.folder, case.name)));
        let its = wrong::scenes_of(&case, &scenes);
        // the others ask for errors in the lesson's own words
        let mut its = its
            .into_iter()
            .filter(|scene| !scene.check_only || counts_served(scene, &case.package()));
        its.find_map(|scene| falsely_said(scene, &programs))
    }));
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}
