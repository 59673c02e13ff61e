//! Every exercise: its start lacks what is to be written, both solutions pass, also with an unkind kernel, and every wrong
//! program is rejected for what is wrong with it. `EXERCISE=TEXT` tries those whose folders have this text.

#![cfg(target_os = "linux")]

#[path = "support/standstill.rs"]
mod bank;
#[path = "support/course.rs"]
mod small;
#[path = "support/strangers.rs"]
mod strangers;
#[path = "support/unpractised.rs"]
mod unpractised;
#[path = "support/wrong.rs"]
mod wrong;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use bank::performance::{self, Played, program};
use small::Course;
use strangers::{Built, build_all};
use tempfile::TempDir;

use course::exercise::{
    Exercise, Exercises, Form, Variant, VariantKind, first_gap, task, unwritten,
};
use course::script::Scene;
use diagnose::Code;
use judge::Rule;
use stage::Program;

/// Unkind kernels under which a right program passes.
const UNKIND: std::ops::RangeInclusive<u64> = 1..=5;
/// Those under which a wrong one has to be found, if it is not without.
const UNKIND_TO_WRONG: std::ops::RangeInclusive<u64> = 1..=3;
/// The choices of a script that are played.
const VARIATIONS: [u64; 3] = [0, 1, 2];
/// A task is read in half a minute.
const LONGEST_TASK: usize = 12;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn exercises() -> Exercises {
    let mut exercises = Exercises::load(&root());
    if let Ok(text) = env::var("EXERCISE") {
        let is_meant = |name: &str| name.contains(&text);
        exercises.all.retain(|one| is_meant(&one.name));
        exercises.flaws.retain(|flaw| is_meant(&flaw.path.to_string_lossy()));
        let none = exercises.all.is_empty() && exercises.flaws.is_empty();
        assert!(!none, "没有一个练习的文件夹里有「{text}」：EXERCISE 写练习的编号，例如 01-1");
    }
    exercises
}

#[test]
fn every_exercise_is_whole() {
    let lacking = lacking(&root(), &exercises());
    assert!(lacking.is_empty(), "这些练习还不完整：\n{}", lacking.join("\n"));
}

/// What exercises lack, without playing them.
fn lacking(root: &Path, exercises: &Exercises) -> Vec<String> {
    let Exercises { all, flaws } = exercises;
    let mut lacking: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    let folders = all.iter().map(|one| one.folder.clone());
    for folder in folders.chain(flaws.iter().map(|flaw| root.join(&flaw.path))) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        lacking.extend(unwritten(&folder).into_iter().map(|place| format!("{name}/{place}")));
    }
    for one in all {
        match one.variants() {
            Ok(variants) => {
                let all = lacks(one, &variants).into_iter();
                lacking.extend(all.map(|what| format!("{}：{what}", one.name)));
            }
            Err(why) => lacking.push(why),
        }
    }
    lacking
}

fn lacks(one: &Exercise, variants: &[Variant]) -> Vec<String> {
    let mut lacks = Vec::new();
    let mut wanted = |holds: bool, what: String| {
        if !holds {
            lacks.push(what);
        }
    };
    for (program, start) in &variants[0].sources {
        let gap = first_gap(&fs::read_to_string(start).unwrap());
        let name = &program.name;
        match one.form {
            Form::Debugging => {
                wanted(gap.is_none(), format!("start/{name}.rs：找错的程序是写完的，没有 todo!"));
            }
            _ => wanted(
                gap.is_some_and(|gap| !gap.what.is_empty()),
                format!("start/{name}.rs：没有要填的空：todo!(\"① …\")"),
            ),
        }
    }
    let start = fs::read_to_string(&variants[0].sources[0].1).unwrap();
    let task = task(&start);
    let title = format!("练习 {}", one.id);
    let begins = task.first().is_some_and(|first| first.starts_with(&title));
    wanted(begins, format!("题目的第一行要以「{title}」开头"));
    wanted(task.len() <= LONGEST_TASK, format!("题目有 {} 行，至多 {LONGEST_TASK}", task.len()));
    let hints = one.hints.iter().all(|hint| hint.chars().count() > 5);
    wanted(hints, "有一条提示太短".to_owned());
    wanted(variants.len() >= 4, "wrong 里没有错的写法".to_owned());
    let texts: Vec<String> =
        variants[1..=2].iter().map(|one| fs::read_to_string(&one.sources[0].1).unwrap()).collect();
    wanted(texts[0] != texts[1], "solution 和 second 是同一种写法".to_owned());
    lacks
}

/// Whoever has done all exercises can have met every mistake that the diagnosis knows, but for those that no exercise can show.
#[test]
fn every_code_is_met_or_cannot_be_practised() {
    if env::var_os("EXERCISE").is_some() {
        return;
    }
    let all = exercises().all;
    let variants = all.iter().flat_map(|one| one.variants().unwrap());
    let met: BTreeSet<String> = variants
        .filter_map(|variant| match variant.kind {
            VariantKind::Wrong(code) => Some(code),
            VariantKind::Start | VariantKind::Right => None,
        })
        .collect();
    let listed: Vec<Code> =
        unpractised::REASONS.iter().flat_map(|(_, codes)| *codes).copied().collect();
    let mut wrongs = Vec::new();
    for code in Code::ALL {
        let times = listed.iter().filter(|one| **one == code).count();
        match (met.contains(code.id()), times) {
            (true, 0) | (false, 1) => {}
            (true, _) => {
                wrongs.push(format!("{}: an exercise has it, take it off the table", code.id()))
            }
            (false, 0) => {
                wrongs.push(format!("{}: neither in an exercise nor in the table", code.id()))
            }
            (false, _) => wrongs.push(format!("{}: {times} times in the table", code.id())),
        }
    }
    let known: BTreeSet<&str> =
        Code::ALL.iter().map(|code| code.id()).chain(Rule::all().map(Rule::id)).collect();
    let unknown = met.iter().filter(|code| !known.contains(code.as_str()));
    wrongs.extend(unknown.map(|code| format!("{code}: neither a code nor a rule")));
    assert!(wrongs.is_empty(), "{wrongs:#?}");
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

/// The programs that are given, and those of every variant that can be played; and their sources, which a report reads.
fn build(all: &[Exercise]) -> (Built, TempDir) {
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
    let folders = folders.iter().map(String::as_str);
    let built = build_all(root.path(), folders, None, &wrong::with_crates(&scenes));
    (built, root)
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
    let wrongs = misjudged(&exercises().all);
    assert!(wrongs.is_empty(), "{} wrong\n{}", wrongs.len(), wrongs.join("\n"));
}

/// Right programs that are rejected, wrong ones that pass or are called something else.
fn misjudged(all: &[Exercise]) -> Vec<String> {
    if all.is_empty() {
        return Vec::new();
    }
    let (built, _sources) = build(all);
    let tries: Vec<(&Exercise, Variant)> = all
        .iter()
        .flat_map(|one| one.variants().unwrap().into_iter().map(move |variant| (one, variant)))
        .collect();
    wrong::each(tries, |(exercise, variant)| {
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
    })
}

/// What a writer does: begins an exercise, writes it, and is told all the way what is missing.
#[test]
fn a_new_exercise_is_rejected_until_it_is_written() {
    if env::var_os("EXERCISE").is_some() || !wrong::is_possible() {
        return;
    }
    let course = Course::new().lesson("05-work", "试");
    let begun = course.xtask(&["new", "exercise", "05-7-new"]).output().unwrap();
    let said = String::from_utf8_lossy(&begun.stdout).into_owned();
    assert!(begun.status.success() && said.contains("EXERCISE=05-7 cargo test"), "{begun:?}");
    let listed = course.xtask(&["practice", "--list"]).output().unwrap();
    let said = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.status.success() && said.contains("通过 0/0"), "{said}");
    assert!(
        said.contains("练习有错：lessons/exercises/05-7-new：exercise.toml 还没有写完"),
        "{said}"
    );

    let load = || Exercises::load(course.path());
    let folder = course.path().join("lessons/exercises/05-7-new");
    let from = root().join("lessons/exercises/05-1-one-after-another");
    let fill = |name: &str| {
        let text = fs::read_to_string(from.join(name)).unwrap().replace("05-1", "05-7");
        fs::write(folder.join(name), text).unwrap();
    };
    let has = |all: &[String], wanted: &str| {
        assert!(all.iter().any(|one| one.contains(wanted)), "{wanted}: {all:#?}");
    };
    let told = lacking(course.path(), &load());
    for place in [
        "05-7-new/exercise.toml:1：题目",
        "05-7-new/script.txt:1：题目",
        "05-7-new/start/main.rs:1：要做什么",
        "05-7-new/solution/main.rs:1：main 的一种对的写法",
        "05-7-new/second/main.rs:1：main 的另一种对的写法",
        "05-7-new/wrong/example.rs:1：报告先说的是哪个代码",
    ] {
        has(&told, place);
    }
    // what a student meets is written, but nothing shows that it can be done
    ["exercise.toml", "script.txt", "start/main.rs"].into_iter().for_each(fill);
    let exercises = load();
    assert!(exercises.flaws.is_empty(), "{:?}", exercises.flaws);
    has(&lacking(course.path(), &exercises), "05-7-new/solution/main.rs:1");
    let wrongs = misjudged(&exercises.all);
    has(&wrongs, "05-7-new/solution: rejected");
    has(&wrongs, "05-7-new/second: rejected");
    has(&wrongs, "05-7-new/wrong/example.rs: not 「待写");

    fs::remove_file(folder.join("wrong/example.rs")).unwrap();
    ["solution/main.rs", "second/main.rs"].into_iter().for_each(fill);
    has(&lacking(course.path(), &load()), "05-7-new：wrong 里没有错的写法");
    for file in fs::read_dir(from.join("wrong")).unwrap().flatten() {
        fill(&format!("wrong/{}", file.file_name().to_string_lossy()));
    }
    let exercises = load();
    assert_eq!(lacking(course.path(), &exercises), [""; 0]);
    assert_eq!(misjudged(&exercises.all), [""; 0]);
}
