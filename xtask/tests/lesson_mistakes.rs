//! Wrong programs in the place of a lesson's own: each is rejected by that lesson's script, and its mistake is named first.
//! `wrong/cases.txt` says which. The lessons' own programs have none of these mistakes.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/strangers.rs"]
mod strangers;
#[path = "support/wrong.rs"]
mod wrong;

use std::collections::BTreeMap;
use std::path::Path;

use bank::performance::{self, Played, program};
use wrong::Case;

use course::exercise::{Exercises, Variant, VariantKind};
use course::script::{Action, Practice, Scene};
use diagnose::{Code, diagnose};
use events::{Activity, Call, CallResult, Exit, Kind};
use judge::{Failure, Rule, Subject, Verdict};
use stage::Program;

#[test]
fn the_mistake_is_named_first() {
    if !wrong::is_possible() {
        return;
    }
    let (scenes, built) = (wrong::scenes(), wrong::build());
    let lessons = wrong::lessons(&scenes);
    let wrongs = wrong::each(Case::wrong(), |case| {
        let name = format!("{}/{}", case.folder, case.name);
        let path = built.path(case.folder, case.name);
        let Some((played, scene)) = wrong::failed(&case.package(), path, &scenes, &lessons) else {
            return Some(format!("{name}: passes"));
        };
        let codes: Vec<&str> = played.causes.iter().map(|cause| cause.code.id()).collect();
        if codes.first() == Some(&case.code) {
            return None;
        }
        let report = wrong::report(&played);
        Some(format!("{name} 「{scene}」: {codes:?}, not {}: {report}", case.code))
    });
    assert!(wrongs.is_empty(), "{} wrong\n{}", wrongs.len(), wrongs.join("\n"));
}

/// Killed outright it ends within the turn of its parent, who waits for it and goes on.
#[test]
fn a_child_that_was_killed_and_waited_for_has_ended_before_anything_else() {
    if !wrong::is_possible() {
        return;
    }
    let (scenes, built) = (wrong::scenes(), wrong::build());
    let lessons = wrong::lessons(&scenes);
    let path = built.path("09-daemon-terminate", "kill-and-wait");
    let package = "lesson-09-daemon-terminate";
    let (played, _) = wrong::failed(package, path, &scenes, &lessons).unwrap();
    let at = |is: &dyn Fn(&Activity) -> bool| {
        let is_it = |kind: &Kind| matches!(kind, Kind::Traced { activity, .. } if is(activity));
        played.events.iter().position(|event| is_it(&event.kind)).unwrap()
    };
    let ended = at(&|activity| matches!(activity, Activity::Exited(Exit::Signal(9))));
    let waited = at(&|activity| {
        matches!(
            activity,
            Activity::Leave { call: Call::Wait { .. }, outcome: CallResult::Done(_) }
        )
    });
    assert!(ended < waited, "{:#?}", played.events);
    let codes: Vec<Code> = played.causes.iter().map(|cause| cause.code).collect();
    assert_eq!(codes[0], Code::KilledOutright, "{codes:?}");
    assert!(!codes.contains(&Code::PrintedBeforeEnd), "{codes:?}");
}

#[test]
fn every_mistake_has_two_programs_and_a_section() {
    let page = include_str!("../../docs/mistakes.md");
    // what no lesson's script asks for, an exercise's may
    let exercises = Exercises::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).all;
    let variants: Vec<_> = exercises.iter().flat_map(|one| one.variants().unwrap()).collect();
    let in_exercises = |code: &str| {
        let is_it =
            |one: &&Variant| matches!(&one.kind, VariantKind::Wrong(wrong) if wrong == code);
        variants.iter().filter(is_it).count()
    };
    for code in Code::mistakes().iter().map(|code| code.id()) {
        let played = Case::all().iter().filter(|case| case.code == code).count();
        let played = played + in_exercises(code);
        assert!(played >= 2, "wrong/cases.txt, lessons/exercises: {code}: {played}");
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

/// What is wrong with a scene where everything is right: it fails, unless it may, or a mistake is seen in it.
fn falsely_said(
    harsh: Option<u64>,
    scene: &Scene,
    programs: &BTreeMap<String, Program>,
    may_fail: bool,
) -> Option<String> {
    let Played { verdict, events, .. } = wrong::with_a_kernel(harsh, scene, programs);
    let of = format!("「{}」, unkind: {harsh:?}", scene.title);
    if !verdict.passed() {
        return (!may_fail).then(|| format!("{of}: rejected: {:#?}", verdict.failures));
    }
    let causes = diagnose(scene, &events, &everything_wrong(scene, events.len()));
    performance::assert_in_order(&causes);
    let said = causes.iter().filter(|cause| Code::mistakes().contains(&cause.code));
    let said: Vec<_> = said.map(|cause| (cause.code.id(), &cause.sentence)).collect();
    (!said.is_empty()).then(|| format!("{of}: {said:#?}"))
}

/// The kernel is kind once, and then unkind, wherever somebody talks to somebody else.
fn kernels(scene: &Scene) -> impl Iterator<Item = Option<u64>> {
    let is_played = scene.terminals.len() > 1 && !scene.check_only;
    let unkind = if is_played { 1..4 } else { 1..1 };
    std::iter::once(None).chain(unkind.map(Some))
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
    if !wrong::is_possible() {
        return;
    }
    let scenes = wrong::scenes();
    let lessons = wrong::lessons(&scenes);
    let mut wrongs = wrong::each(scenes.iter().collect(), |(_, scene)| {
        falsely_said(None, scene, &lessons, false).map(|said| format!("the lessons' own {said}"))
    });
    let built = wrong::build();
    wrongs.extend(wrong::each(Case::right(), |case| {
        let mut programs = lessons.clone();
        programs.insert(case.package(), program(built.path(case.folder, case.name)));
        let its = wrong::scenes_of(&case.package(), &scenes);
        let said = its.into_iter().flat_map(|scene| {
            // these may ask for errors in the lesson's own words
            let may_fail = scene.check_only && !counts_served(scene, &case.package());
            let said = |harsh| falsely_said(harsh, scene, &programs, may_fail);
            kernels(scene).filter_map(said).collect::<Vec<_>>()
        });
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| format!("{}/{} {}", case.folder, case.name, said.join("\n")))
    }));
    assert!(wrongs.is_empty(), "{} wrong\n{}", wrongs.len(), wrongs.join("\n"));
}
