//! The report of a mistake on one screen: whatever went wrong, in however many scenes.

use std::path::Path;

use diagnose::{Cause, Certainty, Code, Evidence, Waiter};
use judge::{Failure, Rule, Subject};

use super::super::{ToldOf, mistake_on_one_screen};
use super::*;

const SCRIPT: &str = "场景 试\n服务器端 $ lesson-x-server\n客户端 $ lesson-x-client\n客户端 结束\n";

const LONG: &str = "「服务器端」一直读到流的末尾（read）才往下走，等「客户端」说完，可是它没有";

fn place(file: &str, line: u32) -> Place {
    Place { file: file.into(), line, function: "main".into() }
}

/// A mistake of the client, with the server waiting elsewhere; `times`: how often its sentence says everything.
fn cause(code: Code, certainty: Certainty, times: usize) -> Cause {
    let (own, other) = (place("src/report/terminal_width.rs", 3), place("src/main.rs", 5));
    let waiter = |terminal: usize, at: &Place| {
        Evidence::Waits(Waiter {
            terminal,
            pid: 10,
            tid: 10,
            count: 1,
            call: "接收（recv）".into(),
            target: "等对方的数据".into(),
            unread: None,
            place: Some(at.clone()),
            since: Duration::ZERO,
        })
    };
    Cause {
        about: 0,
        failure: Some(0),
        consequences: Vec::new(),
        code,
        certainty,
        culprit: Some(1),
        evidence: vec![waiter(0, &other), waiter(1, &own)],
        place: Some(own),
        remedy: None,
        fact: (certainty == Certainty::Candidate).then(|| LONG.to_owned()),
        sentence: LONG.repeat(times),
        advice: Some(LONG.repeat(times)),
    }
}

fn failure(rule: Rule, times: usize) -> Failure {
    Failure {
        rule,
        line: 4,
        subject: Subject::Terminal(1),
        expected: Some(LONG.repeat(times)),
        got: Some(LONG.repeat(times) + "  x"),
        detail: LONG.repeat(times),
        event: None,
    }
}

/// A scene of a lesson that has failed.
fn failed(
    lesson: &str,
    title: &str,
    failures: Vec<Failure>,
    causes: Vec<Cause>,
) -> (Part, Performance) {
    let script = parse(SCRIPT).unwrap();
    let scene = course::script::Scene { title: title.to_owned(), ..script.scenes[0].clone() };
    let (_, part, performance) = standstill();
    let source = Arc::new(script.source);
    let part = Part { lesson: lesson.to_owned(), source, scene: scene.clone(), ..part };
    let mut verdict = performance.verdict;
    verdict.failures = failures;
    (part, Performance { scene, verdict, causes, ..performance })
}

fn catalog() -> Catalog {
    let (catalog, ..) = standstill();
    let lessons = ["97", "98"].map(|number| Lesson {
        number: number.into(),
        title: "试一试".into(),
        page: Some("docs/98-try.md".into()),
        packages: Vec::new(),
    });
    let notes = "# 原因\n\n## 没有半关闭 {#cause-half-close-missing}\n\n## 内容不符 {#rule-text}\n";
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    Catalog { root, lessons: lessons.into(), mistakes: Page::of(notes), ..catalog }
}

fn shown(played: Vec<(Part, Performance)>, all: bool) -> String {
    let (parts, performances): (Vec<Part>, Vec<Performance>) = played.into_iter().unzip();
    text(|out| {
        let played = (&parts[..], &performances[..]);
        human::report(out, &catalog(), played, MACHINE, Duration::ZERO, all).unwrap();
    })
}

/// Many scenes that have failed for this reason.
fn many(
    scenes: usize,
    of_one: impl Fn() -> (Vec<Failure>, Vec<Cause>),
) -> Vec<(Part, Performance)> {
    let scene = |number: usize| {
        let (failures, causes) = of_one();
        failed("98", &format!("一个名字很长的场景，第 {number} 个"), failures, causes)
    };
    (1..=scenes).map(scene).collect()
}

/// At most 24 lines of 80 cells.
fn fits(report: &str) {
    assert!(report.lines().count() <= 24, "{} lines:\n{report}", report.lines().count());
    for line in report.lines() {
        assert!(width(line) <= 80, "{} cells: {line}\n{report}", width(line));
    }
}

/// The one mistake of an exercise, as far as it is told.
fn of_an_exercise(code: Code, certainty: Certainty, told: ToldOf) -> String {
    let causes = || (vec![failure(Rule::Exit, 1)], vec![cause(code, certainty, 1)]);
    let (parts, performances): (Vec<Part>, Vec<Performance>) = many(2, causes).into_iter().unzip();
    text(|out| {
        let played = (&parts[..], &performances[..]);
        mistake_on_one_screen(out, &catalog(), played, told).unwrap();
    })
}

#[test]
fn whoever_looks_for_a_mistake_himself_is_not_told_which_it_is() {
    for certainty in [Certainty::Proved, Certainty::Candidate] {
        let code = Code::ALL[0];
        let symptom = of_an_exercise(code, certainty, ToldOf::Symptom);
        assert!(symptom.contains(Rule::Exit.title()), "{symptom}");
        assert!(!symptom.contains(code.id()) && !symptom.contains(code.title()), "{symptom}");
        let named = of_an_exercise(code, certainty, ToldOf::Mistake { remedy: false });
        assert!(named.contains(code.id()) && !named.contains("改法"), "{named}");
        let whole = of_an_exercise(code, certainty, ToldOf::Mistake { remedy: true });
        assert!(whole.contains(code.id()) && whole.contains("改法"), "{whole}");
        [symptom, named, whole].iter().for_each(|report| fits(report));
    }
}

#[test]
fn a_program_that_broke_off_comes_before_what_may_be_wrong_with_another() {
    let first = |certainty: Certainty, about: usize| {
        let of_one = || {
            let ended = Failure {
                subject: Subject::Terminal(0),
                event: Some(1),
                ..failure(Rule::Panic, 1)
            };
            let later = Cause { failure: Some(1), about, ..cause(Code::ALL[0], certainty, 1) };
            (vec![ended, failure(Rule::Exit, 1)], vec![later])
        };
        let report = shown(many(1, of_one), false);
        report.lines().nth(2).unwrap_or_default().to_owned()
    };
    assert!(first(Certainty::Candidate, 2).contains("[panic]"));
    // it happened before, or is proved
    assert!(!first(Certainty::Candidate, 0).contains("[panic]"));
    assert!(!first(Certainty::Proved, 2).contains("[panic]"));
}

#[test]
fn every_proved_mistake_fits_on_a_screen_and_comes_first() {
    let sizes = [(1, 1), (6, 2), (40, 9), (12, 40)].into_iter().cycle();
    for (code, (scenes, times)) in Code::ALL.into_iter().zip(sizes) {
        let report = shown(
            many(scenes, || {
                let failures = [Rule::Hang, Rule::Exit, Rule::Text, Rule::Missing, Rule::Time];
                let failures = failures.map(|rule| failure(rule, times)).to_vec();
                (failures, vec![cause(code, Certainty::Proved, times)])
            }),
            false,
        );
        fits(&report);
        let heading = format!("错误[{}]：{}", code.id(), code.title());
        assert_eq!(report.lines().nth(2), Some(heading.as_str()), "{report}");
        let explain = format!("  再多知道一点：cargo xtask explain {}", code.id());
        assert!(report.lines().any(|line| line == explain), "{report}");
        assert!(report.contains("  改法：「服务器端」"), "{report}");
        assert_eq!(report.matches(&heading).count(), 1, "told once: {report}");
        if scenes > 1 {
            assert!(report.contains(&format!("另外 {} 个场景也", scenes - 1)), "{report}");
        }
        assert!(report.ends_with(&format!("0 passed, {scenes} failed\n")), "{report}");
    }
}

#[test]
fn so_do_candidates_and_what_has_no_cause() {
    for (scenes, times) in [(1, 1), (6, 2), (40, 30)] {
        for rule in Rule::all() {
            let report = shown(many(scenes, || (vec![failure(rule, times); 7], Vec::new())), false);
            fits(&report);
            let heading = format!("失败[{}]：{}：客户端", rule.id(), rule.title());
            assert_eq!(report.lines().nth(2), Some(heading.as_str()), "{report}");
            for label in ["  期望  ", "  实际  ", "  说明  "] {
                assert!(report.lines().any(|line| line.starts_with(label)), "{label} {report}");
            }
        }
        let all = [Code::HalfCloseMissing, Code::BothListen, Code::BytesMissing, Code::BothSend];
        let report = shown(
            many(scenes, || {
                let causes = all.map(|code| cause(code, Certainty::Candidate, times)).to_vec();
                (vec![failure(Rule::Hang, times)], causes)
            }),
            false,
        );
        fits(&report);
        assert!(report.contains("\n可能是[half-close-missing]：没有半关闭\n"), "{report}");
        assert!(report.contains("  可能的原因，把握大的在前：\n  1. 「服务器端」"), "{report}");
        // what is a guess is not called a mistake
        assert!(!report.contains("错误["), "{report}");
    }
}

#[test]
fn different_mistakes_fit_too_and_the_first_is_the_one_with_a_cause() {
    let mut played = many(3, || (vec![failure(Rule::Text, 3)], Vec::new()));
    for (number, code) in
        [Code::NewlineMissing, Code::PeerHasClosed, Code::HalfCloseMissing].into_iter().enumerate()
    {
        let causes = vec![cause(code, Certainty::Proved, number + 1)];
        played.push(failed("97", code.id(), vec![failure(Rule::Hang, 1)], causes));
    }
    played.sort_by(|(one, _), (other, _)| one.lesson.cmp(&other.lesson));
    let report = shown(played, false);
    fits(&report);
    assert_eq!(report.lines().nth(3), Some("错误[newline-missing]：没有换行"), "{report}");
    let rest = report.split("另有 5 个场景失败").nth(1).unwrap();
    assert!(
        rest.contains("  第 97 课，1 个场景：错误[half-close-missing]：没有半关闭\n"),
        "{report}"
    );
    // that another program had closed says nothing of why
    let order = ["[half-close-missing]", "[peer-has-closed]"].map(|one| rest.find(one));
    assert!(order[1].is_none_or(|second| order[0] < Some(second)), "{report}");
}

#[test]
fn a_cause_is_told_with_both_places_and_what_else_is_wrong_in_a_line_each() {
    let failures = vec![failure(Rule::Hang, 1), failure(Rule::Missing, 1)];
    let causes = vec![cause(Code::HalfCloseMissing, Certainty::Proved, 1)];
    let report = shown(vec![failed("98", "上传", failures, causes)], false);
    let source = include_str!("../terminal_width.rs").lines().nth(2).unwrap();
    let wanted = [
        "  --> src/report/terminal_width.rs:3".to_owned(),
        format!(" 3 | {source}"),
        format!("   | {} 「客户端」停在接收（recv）", "^".repeat(width(source))),
        "  ::: src/main.rs:5".to_owned(),
    ];
    let lines: Vec<&str> = report.lines().collect();
    assert!(lines.windows(4).any(|four| four == wanted), "{wanted:#?}\n{report}");
    for line in [
        "  笔记：docs/98-try.md，docs/mistakes.md:3「没有半关闭」",
        "  场景：第 98 课「上传」，永远等下去：客户端",
        "  同一个场景里还有：失败[missing]：缺少输出：客户端",
    ] {
        assert!(lines.contains(&line), "{line}\n{report}");
    }
    // what it looked like is told where all is asked for
    assert!(!report.contains("期望"), "{report}");
}

#[test]
fn what_is_asked_for_is_not_cut_short() {
    let played = || many(6, || (vec![failure(Rule::Text, 2); 7], Vec::new()));
    let report = shown(played(), true);
    assert_eq!(report.matches("    期望  ").count(), 42, "{report}");
    assert!(report.matches(&LONG.repeat(2)).count() >= 42, "{report}");
}

/// Two programs that make the same mistake have two mistakes; so has one that makes it in two places.
#[test]
fn only_the_same_cause_in_the_same_place_of_a_program_is_the_same_mistake() {
    let told = |change: fn(&mut Cause)| {
        let one = cause(Code::HalfCloseMissing, Certainty::Proved, 1);
        let mut other = one.clone();
        change(&mut other);
        let scenes = [("甲", one), ("乙", other)]
            .map(|(title, cause)| failed("98", title, vec![failure(Rule::Hang, 1)], vec![cause]));
        shown(scenes.into(), false)
    };
    let together = |report: &str| report.contains("另外 1 个场景也因此失败：「乙」");
    assert!(together(&told(|_| {})));
    // it stands where it stood, whatever was received there this time
    assert!(together(&told(|cause| cause.sentence = "收了 7 字节".into())));
    // where no place is known, it says the same but for its numbers
    let without_place = |change: fn(&mut Cause)| {
        let one = Cause {
            place: None,
            sentence: "「客户端」连接 127.0.0.1:8889 被拒绝".into(),
            ..cause(Code::ListensOnOtherPort, Certainty::Proved, 1)
        };
        let mut other = one.clone();
        change(&mut other);
        let scenes = [("甲", one), ("乙", other)]
            .map(|(title, cause)| failed("98", title, vec![failure(Rule::Exit, 1)], vec![cause]));
        shown(scenes.into(), false)
    };
    let numbers = |cause: &mut Cause| cause.sentence = "「客户端」连接 127.0.0.1:77 被拒绝".into();
    assert!(together(&without_place(numbers)));
    let words = |cause: &mut Cause| cause.sentence = "「客户端」连接 127.0.0.1:8889 超时".into();
    assert!(!together(&without_place(words)));
    for change in [
        |cause: &mut Cause| cause.culprit = Some(0),
        |cause: &mut Cause| cause.place = Some(place("src/lib.rs", 4)),
        |cause: &mut Cause| cause.code = Code::BothSend,
    ] {
        let report = told(change);
        assert!(!together(&report) && report.contains("另有 1 个场景失败"), "{report}");
    }
}

#[test]
fn a_cause_that_has_been_told_is_none_that_is_new() {
    let at = |line| Cause {
        place: Some(place("src/main.rs", line)),
        ..cause(Code::HalfCloseMissing, Certainty::Proved, 1)
    };
    let scenes = [("甲", 1), ("乙", 2)].map(|(title, line)| {
        let other = Cause { failure: Some(1), ..at(line) };
        let failures = vec![failure(Rule::Hang, 1), failure(Rule::Exit, 1)];
        failed("98", title, failures, vec![at(line), other])
    });
    let report = shown(scenes.into(), false);
    for line in [
        "  同一个场景里还有：和上面同一种[half-close-missing]：结束的方式不对：客户端",
        "  第 98 课，1 个场景：和上面同一种[half-close-missing]：永远等下去：客户端",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
    assert_eq!(report.matches("错误[half-close-missing]").count(), 1, "{report}");
}

#[test]
fn a_cause_of_which_nobody_is_known_to_be_guilty_names_nobody() {
    let told = |culprit| {
        let cause = Cause { culprit, place: None, ..cause(Code::BothListen, Certainty::Proved, 1) };
        shown(vec![failed("98", "试", vec![failure(Rule::Hang, 1)], vec![cause])], false)
    };
    assert!(told(Some(1)).contains("  --> 「客户端」（lesson-x-client）"), "{}", told(Some(1)));
    assert!(!told(None).contains("-->"), "{}", told(None));
}

#[test]
fn a_page_that_is_missing_is_no_scene() {
    let of_one = || (vec![failure(Rule::Text, 1)], Vec::new());
    let mut played = many(2, of_one);
    let (part, performance) = many(1, of_one).remove(0);
    let scene = course::script::Scene { title: "笔记".into(), ..performance.scene };
    let fault = crate::perform::Fault::Trouble("docs/98-try.md：没有这个文件".into());
    played.push((part, Performance::faulty(scene, fault)));
    let report = shown(played, false);
    assert!(
        report.starts_with("第 98 课 试一试：笔记有问题，2 个场景失败，0 个通过\n"),
        "{report}"
    );
    let counted = "共 2 个场景：0 个通过，2 个失败，另有 1 处问题不在场景里（笔记），用时";
    assert!(report.contains(counted), "{report}");
    assert!(report.ends_with("0 passed, 3 failed\n"), "{report}");
}
