//! Who ended, or printed, before others were done.

use course::script::Practice;
use events::{Activity, Call, CallResult, Exit, Stream};
use judge::Rule;

use super::demands::unmet;
use super::play::{Life, Play};
use super::{Code, Mistake};

/// The first process returned while threads had not ended: they end with it.
pub fn threads_left(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let (died, exit) = play.ended(terminal)?;
        let left: Vec<(i32, Life)> = play
            .threads(terminal)
            .into_iter()
            .filter(|(_, life)| life.died.is_none_or(|end| end >= died))
            .collect();
        if left.is_empty() || exit != Exit::Code(0) {
            return None;
        }
        let failures = play.failures_of(terminal, &[Rule::Missing, Rule::Text, Rule::Newline]);
        let name = play.name(terminal);
        let sentence = format!(
            "「{name}」的 main 结束时，还有 {} 个线程没有做完：main 一结束，整个进程就结束，它们跟着没了",
            left.len()
        );
        let mistake = Mistake::new(Code::ThreadsLeftBehind, died, terminal, sentence, failures);
        Some(mistake.perhaps().mend("main 结束之前等每个线程：join，或者用 thread::scope"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// Main printed its last line, which stands below a divider, while somebody of its own was not done.
pub fn printed_early(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let root = play.root(terminal)?;
        let main: Vec<_> = play
            .scene
            .lines
            .iter()
            .filter(|line| {
                let lane = &play.scene.lanes[line.lane];
                lane.terminal == terminal && lane.name.is_none()
            })
            .collect();
        if main.is_empty() || main.iter().any(|line| line.section == 0) {
            return None;
        }
        let (event, line) = play
            .lines(terminal, Stream::Out)
            .find(|(_, line)| line.source.is_some_and(|one| (one.pid, one.tid) == (root, root)))?;
        let is_main = |(_, life): &&(i32, Life)| life.is_alive(event);
        let (children, threads) = (play.children(terminal), play.threads(terminal));
        let (what, who) = match (children.iter().find(is_main), threads.iter().find(is_main)) {
            (Some((pid, _)), _) => ("子进程", pid),
            (_, Some((tid, _))) => ("线程", tid),
            _ => return None,
        };
        let rules =
            [Rule::Divider, Rule::Order, Rule::Text, Rule::Source, Rule::Extra, Rule::Missing];
        let sentence = format!(
            "「{}」印「{}」的时候，{what} {who} 还没有结束",
            play.name(terminal),
            line.text
        );
        let mut failures = play.failures_of(terminal, &rules);
        if !failures.is_empty() {
            failures.extend(unmet(play, terminal, Practice::WaitFirst));
        }
        let mistake = Mistake::new(Code::PrintedBeforeEnd, event, terminal, sentence, failures);
        Some(mistake.perhaps().mend("先等它们结束（join、wait），再印这一行"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// When somebody in a terminal had waited for this child.
pub fn waited(play: &Play, terminal: usize, child: i32) -> Option<usize> {
    let is_wait = |activity: &Activity| match activity {
        Activity::Leave { call: Call::Wait { .. }, outcome } => {
            *outcome == CallResult::Done(i64::from(child))
        }
        _ => false,
    };
    play.deeds_of(terminal).find(|deed| is_wait(deed.activity)).map(|deed| deed.event)
}

/// A child for which its parent never waited.
pub fn not_waited(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let (died, _) = play.ended(terminal)?;
        let root = play.root(terminal)?;
        let children = play.children(terminal);
        let left: Vec<&(i32, Life)> = children
            .iter()
            .filter(|(pid, life)| {
                life.parent == Some(root) && waited(play, terminal, *pid).is_none()
            })
            .collect();
        let (child, life) = left.first()?;
        let mut failures = play.failures(|failure| match failure.rule {
            Rule::Orphan => true,
            Rule::Mechanism => {
                failure.subject == judge::Subject::Terminal(terminal)
                    && failure.expected.as_deref()
                        == Some(Practice::WaitForChildren.to_string().as_str())
            }
            _ => false,
        });
        failures.extend(unmet(play, terminal, Practice::WaitFirst));
        let how = match life.died {
            Some(end) if end < died => "它先结束，没有人收它的结果，就成了僵尸进程（zombie）",
            _ => "它还在运行，父进程已经没有了，就成了孤儿进程（orphan）",
        };
        let name = play.name(terminal);
        let sentence = format!("「{name}」没有等子进程 {child} 就结束了：{how}");
        let mistake = Mistake::new(Code::ChildNotWaited, died, terminal, sentence, failures);
        Some(mistake.mend("结束之前等每个子进程：waitpid(2)，课里的 join"))
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}
