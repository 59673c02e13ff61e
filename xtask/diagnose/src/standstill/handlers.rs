//! A signal's handler that wants what the code has which it has interrupted.

use events::{Frame, Language};

use super::super::cause::Certainty;
use super::super::code::Code;
use super::super::finding::Finding;
use super::super::guards::Guard;
use super::super::roster::Roster;
use super::super::source::Spot;

/// The lock that a handler wants was taken by the function that it has interrupted.
pub fn taken_by_handler(
    roster: &Roster,
    thread: usize,
    want: &Guard,
    first: &Guard,
) -> Option<Finding> {
    let (name, handler) = (roster.name(thread), handler(roster, thread)?);
    let sentence = format!(
        "{name}在信号处理函数 {handler} 里第 {} 行要锁 {}，可这把锁就在被信号打断的代码手里（第 {} 行锁上的）：处理函数在同一个线程里运行，它不返回，那边就放不了锁",
        want.line, want.lock, first.line
    );
    let finding = Finding::new(Code::LockTakenByHandler, Certainty::Candidate, sentence);
    let advice = "信号处理函数里不要锁：只记下一个标志，由主循环去看；或者锁着的时候不让信号来";
    Some(finding.advises(advice).blames(roster, thread))
}

/// The function that a signal's handler is, it seems: a signal has reached the thread, and the line of the function outside of it
/// does not call it.
fn handler(roster: &Roster, thread: usize) -> Option<String> {
    let one = &roster.waiting[thread];
    let own: Vec<&Frame> = one.frames.iter().filter(|frame| frame.own).collect();
    let python = |frame: &Frame| frame.language == Language::Python;
    let inner = own.windows(2).find_map(|pair| {
        let (inner, outer) = (pair[0], pair[1]);
        let calls = Spot::of(outer)?.names(&inner.function);
        (python(inner) && !calls).then(|| inner.function.clone())
    });
    inner.filter(|_| roster.endings.was_interrupted(one.tid))
}
