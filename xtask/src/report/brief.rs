//! What went wrong, on one screen: the first mistake with its proof, everything else in a line each.

use std::path::Path;

use course::catalog::{Catalog, MISTAKES};
use course::script::Scene;
use diagnose::{Cause, Certainty, Known, Waiter};
use judge::{Failure, Rule};
use text::{fitting, harmless};

use super::full::{check_command, context, difference, of_part, speaks_of_lines};
use super::mistake::{Mistake, Told};
use super::pieces::{Piece, fitted, quoted, sentence};
use super::quote::{Mark, quotes};
use super::{BAD, FAINT, REPLAYED_AND_FAILED, STRONG, notes, paint, waiting};

/// So many lines a sentence may have: longer ones would push everything else away.
const MOST_OF_A_SENTENCE: usize = 6;

/// So many further failures of a scene, and further mistakes, have a line of their own.
const MOST_IN_SHORT: usize = 3;

/// So many scenes are named that fail for the same reason.
const MOST_SCENES: usize = 4;

/// A mistake in at most `room` lines of `cells`; `remedy`: what to change, too.
pub fn lines(
    catalog: &Catalog,
    mistake: &Mistake,
    remedy: bool,
    room: usize,
    cells: usize,
) -> Vec<String> {
    let told = &mistake.first;
    let causes = told.causes();
    let mut pieces = vec![Piece::new(u8::MAX, 1, vec![heading(told, cells)])];
    pieces.extend(match causes.as_slice() {
        [] => of_the_judge(told, cells),
        [cause] if cause.certainty == Certainty::Proved => {
            proved(&catalog.root, told, cause, remedy, cells)
        }
        causes => candidates(&catalog.root, told, causes, remedy, cells),
    });
    pieces.extend(where_to_read(catalog, told, cells));
    pieces.extend(scenes(mistake, cells));
    if told.performance.replayed {
        pieces.push(Piece::new(25, 1, vec![format!("  {REPLAYED_AND_FAILED}")]));
    }
    pieces.push(Piece::new(20, 0, beside(told, cells)));
    pieces.extend(again(told, cells).map(|line| Piece::whole(10, vec![line])));
    fitted(pieces, room, cells)
}

/// What was expected and what came, in at most `room` lines of `cells`: not why.
pub fn symptom(mistake: &Mistake, room: usize, cells: usize) -> Vec<String> {
    let told = &mistake.first;
    let failure = told.failure();
    let name = format!("失败[{}]：{}", failure.rule.id(), shows_in(told));
    let mut pieces = vec![Piece::new(u8::MAX, 1, vec![paint(BAD, &fitting(&name, cells))])];
    pieces.extend(of_the_judge(told, cells));
    let scene = format!("{}「{}」", of_part(told.part), told.scene().title);
    pieces.push(Piece::new(60, 1, sentence("  场景：", &harmless(&scene), cells)));
    fitted(pieces, room, cells)
}

/// The mistakes that are not told while the `first` is, in at most `room` lines of `cells`, one at least.
pub fn in_short(first: &Told, mistakes: &[Mistake], room: usize, cells: usize) -> Vec<String> {
    if mistakes.is_empty() {
        return Vec::new();
    }
    let scenes: usize = mistakes.iter().map(|mistake| 1 + mistake.others.len()).sum();
    let end = if room > 1 { "：" } else { "" };
    let all = if first.part.exercise.is_some() { "" } else { "（加上 --all 全部写出）" };
    let heading = format!("另有 {scenes} 个场景失败，先改上面的{all}{end}");
    let named = mistakes.iter().map(|mistake| {
        let lesson = of_part(mistake.first.part);
        let count = 1 + mistake.others.len();
        format!("  {lesson}，{count} 个场景：{}", name_beside(&mistake.first, first))
    });
    let all = std::iter::once(heading).chain(named);
    all.take(room.clamp(1, 1 + MOST_IN_SHORT)).map(|line| fitting(&line, cells)).collect()
}

/// What it is called: by its cause, if that is known, or by the rule that was broken.
fn name(told: &Told) -> String {
    match told.causes().first() {
        Some(cause) => format!("{}[{}]：{}", certainty(cause), cause.code.id(), cause.code.title()),
        None => format!("失败[{}]：{}", told.failure().rule.id(), shows_in(told)),
    }
}

/// Which rule is broken, and whose.
fn shows_in(told: &Told) -> String {
    let Failure { rule, subject, .. } = told.failure();
    format!("{}：{}", rule.title(), harmless(&subject.name(told.scene())))
}

/// The same of one that is told beside another: a cause that has just been told is none that is new.
fn name_beside(told: &Told, first: &Told) -> String {
    match told.causes().first() {
        Some(cause) if told.is_of_kind(first) => {
            let how = match cause.certainty {
                Certainty::Proved => "",
                Certainty::Candidate => "可能",
            };
            format!("{how}和上面同一种[{}]：{}", cause.code.id(), shows_in(told))
        }
        _ => name(told),
    }
}

/// A cause with its program and its place.
pub fn in_a_line(scene: &Scene, cause: &Cause) -> String {
    let program = cause.culprit.and_then(|terminal| scene.package(terminal)).map(str::to_owned);
    let place = cause.place.as_ref().map(ToString::to_string);
    let where_ = [program, place].into_iter().flatten().collect::<Vec<_>>().join("，");
    let colon = if where_.is_empty() { "" } else { "：" };
    let (how, code) = (certainty(cause), cause.code);
    format!("{how}[{}]：{}{colon}{}", code.id(), code.title(), harmless(&where_))
}

/// How a cause is introduced: what is not proved is not called so.
fn certainty(cause: &Cause) -> &'static str {
    match cause.certainty {
        Certainty::Proved => "错误",
        Certainty::Candidate => "可能是",
    }
}

fn heading(told: &Told, cells: usize) -> String {
    paint(BAD, &fitting(&name(told), cells))
}

/// Why, with its evidence; where in the programs; with a `remedy`, what to change.
fn proved(root: &Path, told: &Told, cause: &Cause, remedy: bool, cells: usize) -> Vec<Piece> {
    let sentence_of = |worth, least, label, text: &str| {
        let lines = sentence(label, &harmless(text), cells);
        Piece::new(worth, least, lines).at_most(MOST_OF_A_SENTENCE, cells)
    };
    let mut pieces = vec![sentence_of(80, 3, "  ", &cause.sentence)];
    let marks = marks(told, cause);
    match marks.is_empty() {
        false => {
            let quotes = quotes(root, &marks, cells).into_iter().zip([70, 30]);
            pieces.extend(quotes.map(|(lines, worth)| Piece::whole(worth, lines)));
        }
        // whose program has to change may not be known
        true => pieces.extend(cause.culprit.and_then(|terminal| {
            let program = told.scene().package(terminal)?;
            let who = harmless(&told.scene().terminals[terminal].name);
            Some(Piece::whole(70, vec![fitting(&format!("  --> 「{who}」（{program}）"), cells)]))
        })),
    }
    if let Some(advice) = cause.advice.as_ref().filter(|_| remedy) {
        pieces.push(sentence_of(90, 2, "  改法：", advice));
    }
    pieces
}

/// Where the culprit stands, then where another program waits.
fn marks<'a>(told: &Told<'a>, cause: &'a Cause) -> Vec<Mark<'a>> {
    let words = |waiter: &Waiter| {
        let name = &told.scene().terminals[waiter.terminal].name;
        harmless(&format!("「{name}」停在{}", waiter.call))
    };
    let Some(place) = &cause.place else { return Vec::new() };
    let at = |waiter: &&Waiter| waiter.place.as_ref() == Some(place);
    let is_own = |one: usize| cause.culprit.is_none_or(|culprit| culprit == one);
    let here = cause.waiters().find(|waiter| at(waiter) && is_own(waiter.terminal));
    let there = cause.waiters().find(|waiter| {
        Some(waiter.terminal) != cause.culprit && waiter.place.is_some() && !at(waiter)
    });
    let first = Mark { place, words: here.map_or_else(String::new, words) };
    let second =
        there.and_then(|waiter| Some(Mark { place: waiter.place.as_ref()?, words: words(waiter) }));
    std::iter::once(first).chain(second).collect()
}

/// What is certain, then what may be the cause, the likeliest first.
fn candidates(
    root: &Path,
    told: &Told,
    causes: &[&Cause],
    remedy: bool,
    cells: usize,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if let Some(fact) = causes.first().and_then(|cause| cause.fact.as_ref()) {
        pieces.push(Piece::new(80, 2, sentence("  ", &harmless(&format!("{fact}。")), cells)));
    }
    // what is certain of a program that ended is what it said itself
    let Failure { rule, got, detail, .. } = told.failure();
    let words = match rule {
        Rule::Panic => got.as_deref(),
        Rule::Exit => Some(detail.as_str()).filter(|detail| !detail.is_empty()),
        _ => None,
    };
    if let Some(words) = words {
        let words: Vec<String> = words.lines().map(harmless).collect();
        pieces.push(Piece::new(85, 2, sentence("  说明  ", &words.join(" "), cells)));
    }
    let heading = match causes.len() {
        1 => "  可能的原因：",
        _ => "  可能的原因，把握大的在前：",
    };
    pieces.push(Piece::new(90, 1, vec![heading.to_owned()]));
    for (index, cause) in causes.iter().enumerate() {
        let number = format!("  {}. ", index + 1);
        let advice =
            cause.advice.iter().filter(|_| remedy).map(|advice| format!("。改法：{advice}"));
        let text: String = std::iter::once(cause.sentence.clone()).chain(advice).collect();
        let title = match index {
            // the heading has it
            0 => String::new(),
            _ => format!("{}[{}]：", cause.code.title(), cause.code.id()),
        };
        let lines = sentence(&number, &harmless(&format!("{title}{text}")), cells);
        let worth = 79_u8.saturating_sub(u8::try_from(index).unwrap_or(u8::MAX)).max(61);
        pieces.push(Piece::new(worth, if index == 0 { 3 } else { 1 }, lines));
    }
    if let Some(cause) = causes.first() {
        let lines = waiting::lines(told.scene(), cause);
        let lines = lines.iter().map(|line| fitting(&format!("  等待  {line}"), cells)).collect();
        pieces.push(Piece::new(40, 0, lines));
        // where somebody waits has just been said
        if cause.waiters().next().is_none() {
            let quotes = quotes(root, &marks(told, cause), cells).into_iter();
            pieces.extend(quotes.map(|lines| Piece::whole(55, lines)));
        }
    }
    pieces
}

/// What was expected and what came, as the judge says it.
fn of_the_judge(told: &Told, cells: usize) -> Vec<Piece> {
    let Failure { rule, line, expected, got, detail, event, .. } = told.failure();
    let mut pieces = Vec::new();
    for (name, text) in [("期望", expected), ("实际", got)] {
        let Some(text) = text else { continue };
        let text: Vec<String> = text.lines().map(harmless).collect();
        pieces.push(Piece::new(90, 2, quoted(&format!("  {name}  "), &text.join("\n"), cells)));
    }
    if speaks_of_lines(*rule)
        && let (Some(expected), Some(got)) = (expected, got)
        && let Some(difference) = difference(expected, got)
    {
        let line = format!("        {difference}");
        // a line that had to be broken has nothing below it to point at
        let fits = text::width(&line).max(text::width(&harmless(got)) + 8) <= cells;
        pieces.extend(fits.then(|| Piece::whole(50, vec![line])));
    }
    if !detail.is_empty() {
        let detail: Vec<String> = detail.lines().map(harmless).collect();
        pieces.push(Piece::new(80, 2, sentence("  说明  ", &detail.join(" "), cells)));
    }
    let source = told.part.source.get(line.saturating_sub(1)).map_or("", |text| text.trim());
    let place = format!("  剧本  {}:{line}", told.part.script.display());
    let script = vec![fitting(&place, cells), fitting(&format!("        {source}"), cells)];
    pieces.push(Piece::whole(45, script));
    if let Some(event) = event {
        let lines = context(told.scene(), &told.performance.events, *event);
        let lines = lines.iter().map(|line| fitting(&format!("  {line}"), cells));
        pieces.push(Piece::whole(30, lines.collect()));
    }
    pieces
}

fn where_to_read(catalog: &Catalog, told: &Told, cells: usize) -> Vec<Piece> {
    let (page, heading) = notes(catalog, told.part, &told.anchors());
    let heading = heading.map(|one| format!("{MISTAKES}:{}「{}」", one.line, one.text));
    let places: Vec<String> = page.map(str::to_owned).into_iter().chain(heading).collect();
    let id = told.id();
    let explain =
        format!("  再多知道一点：{}", paint(STRONG, &format!("cargo xtask explain {id}")));
    let mut pieces = Vec::new();
    if !places.is_empty() {
        pieces.push(Piece::whole(35, sentence("  笔记：", &places.join("，"), cells)));
    }
    pieces.push(Piece::new(85, 1, vec![explain]));
    pieces
}

/// In which scene, and which others have failed for the same reason.
fn scenes(mistake: &Mistake, cells: usize) -> Vec<Piece> {
    let Mistake { first, others } = mistake;
    let named = |told: &Told| match told.part.lesson == first.part.lesson {
        true => format!("「{}」", told.scene().title),
        false => format!("{}「{}」", of_part(told.part), told.scene().title),
    };
    // the rule is the heading where no cause is known
    let rule = match first.causes().is_empty() {
        true => String::new(),
        false => {
            let Failure { rule, subject, .. } = first.failure();
            format!("，{}：{}", rule.title(), subject.name(first.scene()))
        }
    };
    let scene = format!("{}「{}」{rule}", of_part(first.part), first.scene().title);
    let mut pieces = vec![Piece::new(60, 1, sentence("  场景：", &harmless(&scene), cells))];
    if others.is_empty() {
        return pieces;
    }
    let how = match others.iter().chain([first]).all(|told| told.known() == Known::Cause) {
        true => "个场景也因此失败",
        false => "个场景也这样失败",
    };
    let names: Vec<String> = others.iter().take(MOST_SCENES).map(named).collect();
    let rest = if others.len() > MOST_SCENES { "……" } else { "" };
    let text = format!("另外 {} {how}：{}{rest}", others.len(), names.join(""));
    pieces.push(Piece::new(75, 1, sentence("  ", &harmless(&text), cells)));
    pieces
}

/// What else is wrong in the same scene.
fn beside(told: &Told, cells: usize) -> Vec<String> {
    let all = 0..told.performance.verdict.failures.len();
    let mut others: Vec<Told> =
        all.filter(|index| *index != told.index).map(|index| Told { index, ..*told }).collect();
    // what is a mistake of its own comes before what follows from this one
    others.sort_by_key(|other| other.follows_from(told));
    let how = |other: &Told| match other.follows_from(told) {
        true => "由它引起的",
        false => "同一个场景里还有",
    };
    let mut all: Vec<String> = others
        .iter()
        .map(|other| fitting(&format!("  {}：{}", how(other), name_beside(other, told)), cells))
        .collect();
    // the same of two lines of the script reads alike
    all.dedup();
    let more = all.len().saturating_sub(MOST_IN_SHORT);
    let mut lines: Vec<String> = all.into_iter().take(MOST_IN_SHORT).collect();
    if more > 0 {
        let all = if told.part.exercise.is_some() { "" } else { "（加上 --all 全部写出）" };
        lines.push(format!("  此外还有 {more} 处{all}"));
    }
    lines
}

/// How to see it again; `None`: as it was begun.
fn again(told: &Told, cells: usize) -> Option<String> {
    let (lesson, check) = (&told.part.lesson, check_command(told.part));
    let seed = told.performance.seed().filter(|seed| *seed != 0);
    let line = match (told.performance.harsh, seed) {
        (Some(seed), _) => {
            format!("  照样刁难一遍：{check} --harsh-seed {seed}")
        }
        (_, Some(seed)) => {
            format!("  同样的先后次序再演一遍：{check} --seed {seed}")
        }
        _ if told.part.exercise.is_some() => return None,
        _ if told.scene().check_only => {
            format!("  改好以后再检查：{check}")
        }
        _ => format!("  现场再看一遍：cargo xtask run {lesson}"),
    };
    Some(paint(FAINT, &fitting(&line, cells)))
}
