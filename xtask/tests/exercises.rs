//! Every exercise: its start lacks what is to be written, both solutions pass, also with an unkind kernel, and every wrong
//! program is rejected for what is wrong with it. `EXERCISE=TEXT` tries those whose folders have this text.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/strangers.rs"]
mod strangers;
#[path = "support/wrong.rs"]
mod wrong;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use bank::performance::{self, Played, program};
use strangers::{Built, build_all};

use course::exercise::{Exercise, Exercises, Form, Variant, VariantKind, first_gap, task};
use course::script::Scene;
use stage::Program;

/// Unkind kernels under which a right program passes.
const UNKIND: std::ops::RangeInclusive<u64> = 1..=5;
/// Those under which a wrong one has to be found, if it is not without.
const UNKIND_TO_WRONG: std::ops::RangeInclusive<u64> = 1..=3;
/// The choices of a script that are played.
const VARIATIONS: [u64; 3] = [0, 1, 2];
/// A task is read in half a minute.
const LONGEST_TASK: usize = 12;

fn exercises() -> Exercises {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut exercises = Exercises::load(&root);
    if let Ok(text) = env::var("EXERCISE") {
        exercises.all.retain(|one| one.name.contains(&text));
    }
    exercises
}

#[test]
fn every_exercise_is_whole() {
    let Exercises { all, flaws } = exercises();
    assert!(flaws.is_empty(), "{flaws:#?}");
    for one in &all {
        let variants = one.variants().unwrap();
        for (program, start) in &variants[0].sources {
            let text = fs::read_to_string(start).unwrap();
            let gap = first_gap(&text);
            let name = format!("{} {}", one.name, program.name);
            match one.form {
                Form::Debugging => assert_eq!(gap, None, "{name}: it is finished, but wrong"),
                _ => assert!(gap.is_some_and(|gap| !gap.what.is_empty()), "{name}: no gap"),
            }
        }
        let start = fs::read_to_string(&variants[0].sources[0].1).unwrap();
        let task = task(&start);
        let title = format!("练习 {}", one.id);
        assert!(task.first().is_some_and(|first| first.starts_with(&title)), "{}", one.name);
        assert!(task.len() <= LONGEST_TASK, "{}: {} lines of task", one.name, task.len());
        assert!(one.hints.iter().all(|hint| hint.chars().count() > 5), "{}", one.name);
        assert!(variants.len() >= 4, "{}: no wrong program", one.name);
        let texts: Vec<String> = variants[1..=2]
            .iter()
            .map(|one| fs::read_to_string(&one.sources[0].1).unwrap())
            .collect();
        assert_ne!(texts[0], texts[1], "{}: one solution twice", one.name);
    }
}

/// The page of a lesson, without the signs of Markdown.
fn chapter(lesson: &str) -> String {
    let pages = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")).unwrap();
    let mut pages = pages.flatten().map(|page| page.path());
    let is_its = |page: &std::path::PathBuf| {
        page.file_name().unwrap().to_string_lossy().starts_with(&format!("{lesson}-"))
    };
    fs::read_to_string(pages.find(is_its).unwrap()).unwrap().replace(['`', '*'], "")
}

/// The lessons that a hint names, each with what it quotes of that chapter.
fn quoted(hint: &str) -> Vec<(String, Vec<String>)> {
    let places = hint.split("第 ").skip(1).filter_map(|rest| rest.split_once(" 课"));
    let places = places.filter(|(number, _)| number.len() == 2);
    let of_chapter = |(number, rest): (&str, &str)| {
        // other pages than chapters are named by their titles
        let own = rest.split("术语表").next().unwrap().split("经典错误").next().unwrap();
        let quotes = own.split('「').skip(1).filter_map(|text| text.split('」').next());
        (number.to_owned(), quotes.map(|text| text.replace('`', "")).collect())
    };
    places.map(of_chapter).collect()
}

#[test]
fn what_a_hint_quotes_of_the_notes_stands_there() {
    let mut wrongs = Vec::new();
    for one in exercises().all {
        let named = quoted(&one.hints[1]);
        if named.is_empty() {
            wrongs.push(format!("{}: no chapter: {}", one.name, one.hints[1]));
        }
        for (lesson, quotes) in named {
            let text = chapter(&lesson);
            let missing = quotes.into_iter().filter(|quote| !text.contains(quote.as_str()));
            wrongs
                .extend(missing.map(|quote| format!("{}: {lesson} has no 「{quote}」", one.name)));
        }
    }
    assert!(wrongs.is_empty(), "{wrongs:#?}");
}

/// Where the programs of a variant are built.
fn place(exercise: &Exercise, variant: &Variant) -> String {
    let variant = variant.name.trim_end_matches(".rs").replace('/', "__");
    format!("{}__{variant}", exercise.name)
}

/// The programs that are given, and those of every variant that can be played.
fn build(all: &[Exercise]) -> Built {
    let root = tempfile::tempdir().unwrap();
    let mut folders = Vec::new();
    let mut copy = |folder: String, name: &str, source: &Path| {
        let text = fs::read_to_string(source).unwrap();
        // what is included has no inner comments
        let text = text.replace("//!", "// ");
        fs::create_dir_all(root.path().join(&folder)).unwrap();
        fs::write(root.path().join(&folder).join(format!("{name}.rs")), text).unwrap();
        folders.push(folder);
    };
    for one in all {
        for program in one.programs.iter().filter(|program| program.given) {
            copy(format!("{}__given", one.name), &program.name, &one.source(program));
        }
        for variant in one.variants().unwrap() {
            for (program, source) in &variant.sources {
                copy(place(one, &variant), &program.name, source);
            }
        }
    }
    let scenes = wrong::scenes();
    build_all(root.path(), folders.iter().map(String::as_str), None, &wrong::with_crates(&scenes))
}

fn programs(exercise: &Exercise, variant: &Variant, built: &Built) -> BTreeMap<String, Program> {
    let own = place(exercise, variant);
    let given = format!("{}__given", exercise.name);
    let all = exercise.programs.iter().map(|one| {
        let folder = if one.given { &given } else { &own };
        let built = program(built.path(folder, &one.name));
        (exercise.binary(one), Program { address: one.address, ..built })
    });
    all.collect()
}

/// A scene that fails.
struct Failed {
    played: Played,
    /// Which, and how it was played.
    scene: String,
    /// A program that is given is said to be what has to change.
    blames_given: bool,
}

/// The first scene that fails.
fn failed(
    exercise: &Exercise,
    programs: &BTreeMap<String, Program>,
    unkind: std::ops::RangeInclusive<u64>,
) -> Option<Failed> {
    for variation in VARIATIONS {
        let scenes: Vec<Scene> = exercise.script(variation).unwrap().scenes;
        for scene in &scenes {
            // what is unkind to one choice is so to the others
            let is_first = variation == VARIATIONS[0];
            let kernels = unkind.clone().filter(|_| is_first).map(Some);
            for harsh in std::iter::once(None).chain(kernels) {
                let played = wrong::with_a_kernel(harsh, scene, programs);
                if !played.verdict.passed() {
                    let what =
                        format!("「{}」, unkind: {harsh:?}, choice {variation}", scene.title);
                    let mut blamed = played.causes.iter().filter_map(|cause| cause.culprit);
                    let blames_given = blamed.any(|one| scene.is_given(one));
                    return Some(Failed { played, scene: what, blames_given });
                }
            }
        }
    }
    None
}

/// What is named first: the cause's code, or the rule that was broken.
fn first_code(played: &Played) -> &'static str {
    let cause = played.causes.first().map(|cause| cause.code.id());
    cause.unwrap_or_else(|| played.verdict.failures[0].rule.id())
}

#[test]
fn the_right_pass_and_the_wrong_are_named() {
    if !wrong::is_possible() {
        return;
    }
    let all = exercises().all;
    let built = build(&all);
    let tries: Vec<(&Exercise, Variant)> = all
        .iter()
        .flat_map(|one| one.variants().unwrap().into_iter().map(move |variant| (one, variant)))
        .collect();
    let wrongs = wrong::each(tries, |(exercise, variant)| {
        let name = format!("{}/{}", exercise.name, variant.name);
        let unkind = if variant.kind == VariantKind::Right { UNKIND } else { UNKIND_TO_WRONG };
        let is_played = variant.kind != VariantKind::Start || exercise.form == Form::Debugging;
        if !is_played {
            return None;
        }
        let failed = failed(exercise, &programs(exercise, &variant, &built), unkind);
        match (&variant.kind, failed) {
            (VariantKind::Right, None) => None,
            (VariantKind::Right, Some(Failed { played, scene, .. })) => {
                Some(format!("{name}: rejected in {scene}: {}", wrong::report(&played)))
            }
            (_, None) => Some(format!("{name}: passes")),
            (_, Some(Failed { played, scene, blames_given: true })) => {
                let report = wrong::report(&played);
                Some(format!("{name}: a given program is blamed, in {scene}: {report}"))
            }
            (VariantKind::Start, Some(_)) => None,
            (VariantKind::Wrong(code), Some(Failed { played, scene, .. })) => (first_code(&played)
                != code)
                .then(|| format!("{name}: not {code}, in {scene}: {}", wrong::report(&played))),
        }
    });
    assert!(wrongs.is_empty(), "{} wrong\n{}", wrongs.len(), wrongs.join("\n"));
}
