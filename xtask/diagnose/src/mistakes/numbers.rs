//! Numbers of processes that were printed and belong to somebody else.

use course::script::{Identity, Mechanism};
use events::Kind;
use judge::Rule;

use super::play::Play;
use super::{Code, Mistake};

/// Of the first line whose numbers are wrong, and whose printer is known.
pub fn find(play: &Play) -> Vec<Mistake> {
    play.verdict.failures.iter().find_map(|failure| look(play, failure)).into_iter().collect()
}

fn look(play: &Play, failure: &judge::Failure) -> Option<Mistake> {
    let numbers_matter = matches!(failure.rule, Rule::Identity | Rule::Value | Rule::Distinct);
    let event = failure.event.filter(|_| numbers_matter)?;
    let Kind::Line(line) = &play.events[event].kind else { return None };
    let source = line.source?;
    let life = play.processes.get(&source.pid)?;
    let (terminal, own) = (life.terminal, source.pid);
    let printed = numbers(&line.text);
    let says = |pid: i32| printed.contains(&pid);
    let failures =
        play.failures_of(terminal, &[Rule::Identity, Rule::Value, Rule::Distinct, Rule::Text]);
    let found = |code, sentence: String, advice: &str| {
        Some(Mistake::new(code, event, terminal, sentence, failures.clone()).mend(advice))
    };
    if source.tid != own && says(source.tid) && !says(own) {
        let sentence = format!(
            "这一行由进程 {own} 的线程 {} 印，印的是线程自己的编号（tid），不是进程的（pid）",
            source.tid
        );
        return found(
            Code::ThreadIdForPid,
            sentence,
            "进程的编号用 getpid(2) 或 process::id，哪个线程调用都一样；gettid(2) 是线程的",
        );
    }
    if let Some(parent) = life.parent
        && play.processes.get(&parent).is_some_and(|one| one.parent.is_some())
        && says(parent)
        && play.root(terminal).is_some_and(|root| !says(root))
    {
        let sentence = format!(
            "印这一行的子进程 {own} 是子进程 {parent} 创建的，不是 main 创建的，所以它的父进程是 {parent}"
        );
        let advice = "两个子进程都在 main 里创建：子进程做完自己的事就结束，不要接着 fork";
        return found(Code::MadeByAChild, sentence, advice).map(|one| one.made_at(play, life.born));
    }
    if life.parent.is_some_and(|parent| Some(parent) == play.root(terminal) && says(parent))
        && wants_child_above(play, terminal, failure)
    {
        let sentence = format!(
            "印这一行的子进程 {own} 是第一个进程自己创建的，所以它的父进程是 {}；这一行要的父进程，是另一个子进程",
            life.parent?
        );
        let advice = "该由子进程创建的，在那个子进程里 fork：谁调用 fork，谁就是父进程";
        return found(Code::SiblingForGrandchild, sentence, advice)
            .map(|one| one.made_at(play, life.born));
    }
    let parent = life.parent.or_else(|| started_by(play, own))?;
    let times = printed.iter().filter(|one| **one == parent).count();
    // once it may stand where the parent's belongs
    let stands_for_own = || said_of_itself(play, failure, &line.text) == Some(parent);
    if life.parent.is_some() && !says(own) && (times > 1 || stands_for_own()) {
        let sentence = format!("这一行由子进程 {own} 印，印的却是 {parent}，那是父进程的编号");
        return found(
            Code::PidTakenBeforeFork,
            sentence,
            "自己的编号用 getpid(2)，父进程的用 getppid(2)；都在子进程里、fork 之后再调用",
        );
    }
    let first = |pid: i32| printed.iter().position(|one| *one == pid);
    let last = |pid: i32| printed.iter().rposition(|one| *one == pid);
    // where the parent's comes again behind its own, only one of them is wrong
    if last(parent)? < first(own)? {
        let who = if life.parent.is_some() { "子进程" } else { "主进程" };
        let sentence =
            format!("{who} {own} 先印了 {parent}（父进程的编号），后印 {own}（自己的）：写反了");
        return found(
            Code::PidAndParentSwapped,
            sentence,
            "自己的是 getpid(2)，父进程的是 getppid(2)",
        );
    }
    None
}

/// A line says of its printer's parent what another child says of itself.
fn wants_child_above(play: &Play, terminal: usize, failure: &judge::Failure) -> bool {
    let of_children = || {
        play.scene.lines.iter().filter(|line| {
            let lane = &play.scene.lanes[line.lane];
            lane.terminal == terminal && lane.mechanism == Some(Mechanism::Process)
        })
    };
    let is_own = |name: &str| {
        of_children().any(|line| line.pattern.identity_of(name) == Some(Identity::Process))
    };
    let mut its = of_children().filter(|line| line.line == failure.line);
    its.any(|line| {
        let mut numbers = line.pattern.identities();
        numbers.any(|(name, what)| what == Identity::Parent && is_own(name))
    })
}

/// The number that stands where the printer's own belongs.
fn said_of_itself(play: &Play, failure: &judge::Failure, text: &str) -> Option<i32> {
    let expected = play.scene.lines.iter().find(|line| line.line == failure.line)?;
    let loose = expected.pattern.loosened();
    let found = loose.matches(text, expected.counter, &Default::default())?;
    let mut names = expected.pattern.names().zip(loose.names());
    let is_own = |name: &str| expected.pattern.identity_of(name) == Some(Identity::Process);
    let (_, own) = names.find(|(name, _)| is_own(name))?;
    found[own].parse().ok()
}

/// Who started a program of the scene.
fn started_by(play: &Play, program: i32) -> Option<i32> {
    play.events.iter().find_map(|event| match event.kind {
        Kind::Started { pid, parent, .. } if pid == program => Some(parent),
        _ => None,
    })
}

/// The numbers in a text.
fn numbers(text: &str) -> Vec<i32> {
    let digits = text.split(|one: char| !one.is_ascii_digit());
    digits.filter_map(|digits| digits.parse().ok()).collect()
}
