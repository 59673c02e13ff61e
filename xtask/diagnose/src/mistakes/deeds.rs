//! Who did whose work.

use course::script::Mechanism;
use events::{Exit, Line, Stream};
use judge::{Rule, Subject};

use super::play::Play;
use super::{Code, Mistake};

/// A child printed what its parent has to print, and so did the parent: after fork both go on.
pub fn by_child(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let root = play.root(terminal)?;
        let is_main = |line: &Line| {
            play.scene.lines.iter().any(|expected| {
                let lane = &play.scene.lanes[expected.lane];
                let its = lane.terminal == terminal && lane.name.is_none();
                its && expected.counter.is_none()
                    && expected.pattern.matches_alone(&line.text, None)
            })
        };
        let is_of_child = |line: &Line| {
            play.scene.lines.iter().any(|expected| {
                let lane = &play.scene.lanes[expected.lane];
                let its = lane.terminal == terminal && lane.mechanism == Some(Mechanism::Process);
                its && expected.pattern.matches_alone(&line.text, expected.counter)
            })
        };
        let lines: Vec<(usize, &Line)> = play
            .lines(terminal, Stream::Out)
            .filter(|(_, line)| is_main(line) && !is_of_child(line))
            .collect();
        let pid = |line: &Line| line.source.map(|source| source.pid);
        let (event, line) = lines.iter().find(|(_, line)| {
            pid(line).is_some_and(|pid| pid != root && play.processes.contains_key(&pid))
        })?;
        lines.iter().find(|(_, other)| pid(other) == Some(root))?;
        let name = play.name(terminal);
        let sentence = format!(
            "「{}」除了「{name}」自己，它的子进程 {} 也印了：fork 之后子进程也往下走，接着做了父进程的事；或者 fork 之前印的还在缓冲区里，子进程也有一份",
            line.text,
            pid(line)?
        );
        let failures = play.symptoms(&[terminal]);
        let mistake =
            Mistake::new(Code::ChildDoesParentsWork, *event, terminal, sentence, failures)
                .perhaps();
        Some(
            mistake.mend(
                "子进程做完自己的事就结束（exit），不要返回到父进程的代码里；fork 之前 flush",
            ),
        )
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// The first thread printed what a process or a thread of its own has to print.
pub fn by_main(play: &Play) -> Vec<Mistake> {
    let wrong = play.verdict.failures.iter().filter_map(|failure| {
        let Subject::Lane(lane) = failure.subject else { return None };
        let lane = &play.scene.lanes[lane];
        let mechanism = lane.mechanism.filter(|_| failure.rule == Rule::Source)?;
        let terminal = lane.terminal;
        let root = play.root(terminal)?;
        let event = failure.event?;
        let events::Kind::Line(line) = &play.events[event].kind else { return None };
        let source = line.source?;
        let (what, made) = match mechanism {
            Mechanism::Process => ("子进程", play.children(terminal)),
            Mechanism::Thread => ("线程", play.threads(terminal)),
        };
        if made.is_empty() || source.pid != root || source.tid != root {
            return None;
        }
        let name = play.name(terminal);
        let sentence = format!(
            "「{}」是「{name}」的主线程自己印的；它创建了 {} 个{what}，这一行该由{what}来印",
            line.text,
            made.len()
        );
        let failures = play.failures_of(terminal, &[Rule::Source, Rule::Identity, Rule::Value]);
        let mistake = Mistake::new(Code::MainDoesWorkersWork, event, terminal, sentence, failures);
        Some(mistake.mend(&format!("把这一行放进{what}要做的函数里")))
    });
    wrong.take(1).collect()
}

/// A child that ended well and wrote not a byte, where lines of its own are missing.
pub fn prints_nothing(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let missing = play.failures(|failure| {
            let Subject::Lane(lane) = failure.subject else { return false };
            let lane = &play.scene.lanes[lane];
            failure.rule == Rule::Missing
                && lane.terminal == terminal
                && lane.mechanism == Some(Mechanism::Process)
        });
        if missing.is_empty() {
            return None;
        }
        let printed = |pid: i32| {
            play.lines(terminal, Stream::Out)
                .any(|(_, line)| line.source.is_some_and(|source| source.pid == pid))
        };
        let children = play.children(terminal);
        let (pid, life) = children
            .iter()
            .find(|(pid, life)| life.exit == Some(Exit::Code(0)) && !printed(*pid))?;
        let name = play.name(terminal);
        let sentence = format!(
            "「{name}」的子进程 {pid} 正常结束了，可是标准输出里一个字节也没有写：要么它没有去印，\
             要么印的还在缓冲区里，结束时没有写出去"
        );
        let mistake =
            Mistake::new(Code::ChildPrintsNothing, life.died?, terminal, sentence, missing);
        Some(
            mistake.mend(
                "让子进程调用要做的函数；结束之前 flush：_exit 不写缓冲区里的，process::exit 不写 BufWriter 里的",
            ),
        )
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}
