//! Processes and threads: not made, made instead of the other, too many, one after the other.

use course::script::{Mechanism, Practice};
use judge::Rule;

use super::follows::Follows;
use super::play::{Life, Play};
use super::{Code, Mistake};

/// How many processes, or threads, a script demands of a terminal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Processes(u32),
    Threads(u32),
}

fn wanted(play: &Play) -> Vec<(usize, Wanted)> {
    let one = |demand: &course::script::Demand| match demand.practice {
        Practice::Processes(count) => Some((demand.terminal, Wanted::Processes(count))),
        Practice::Threads(count) => Some((demand.terminal, Wanted::Threads(count))),
        _ => None,
    };
    play.scene.demands.iter().filter_map(one).collect()
}

/// Everything that shows in a terminal, and what is demanded of it.
fn all_of(play: &Play, terminal: usize) -> Vec<usize> {
    let mut all = play.failures(|failure| failure.subject.terminal(play.scene) == Some(terminal));
    all.extend(play.orphans_of(terminal));
    all
}

/// Threads where processes are asked for, or the other way round.
pub fn instead(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, wanted): (usize, Wanted)| {
        let (children, threads) = (play.children(terminal), play.threads(terminal));
        // another program is no work that a thread should have done
        let other = |(pid, _): &(i32, Life)| play.other_program(*pid).is_some();
        let own: Vec<_> = children.iter().filter(|child| !other(child)).collect();
        let name = play.name(terminal);
        let failures = all_of(play, terminal);
        Some(match wanted {
            Wanted::Processes(1..) if children.is_empty() && !threads.is_empty() => Mistake::new(
                Code::ThreadsForProcesses,
                threads[0].1.born,
                terminal,
                format!(
                    "「{name}」创建了 {} 个线程，一个子进程也没有：线程都在同一个进程里，进程号相同，内存也是同一份",
                    threads.len()
                ),
                failures,
            )
            .mend("这一课要的是子进程：用 fork(2)（课里的 Process::start），不是 thread::spawn"),
            Wanted::Threads(1..) if threads.is_empty() && !own.is_empty() => Mistake::new(
                Code::ProcessesForThreads,
                own[0].1.born,
                terminal,
                format!(
                    "「{name}」创建了 {} 个子进程，一个线程也没有：子进程有自己的一份内存，改了什么，别的进程看不到",
                    own.len()
                ),
                failures,
            )
            .mend("这一课要的是线程：用 thread::spawn 或 thread::scope，不是 fork"),
            _ => return None,
        })
    };
    wanted(play).into_iter().filter_map(look).collect()
}

/// Which of these ran other programs, in brackets.
fn others_in_words(play: &Play, made: &[(i32, Life)]) -> String {
    let others: Vec<&str> = made.iter().filter_map(|(pid, _)| play.other_program(*pid)).collect();
    match others.first() {
        None => String::new(),
        Some(first) => format!("（其中 {} 个执行了别的程序，例如 {first}）", others.len()),
    }
}

/// Neither a process nor a thread was made.
pub fn never_started(play: &Play) -> Vec<Mistake> {
    let look =
        |(terminal, wanted): (usize, Wanted)| {
            let (code, what, how) = match wanted {
                Wanted::Processes(1..) => (Code::ChildrenNeverStarted, "子进程", "fork(2)"),
                Wanted::Threads(1..) => (Code::ThreadsNeverStarted, "线程", "thread::spawn"),
                _ => return None,
            };
            if !play.children(terminal).is_empty() || !play.threads(terminal).is_empty() {
                return None;
            }
            let prints_for_others = !play.failures_of(terminal, &[Rule::Source]).is_empty();
            let event = match play.ended(terminal) {
                Some((event, _)) => event,
                // what it printed until then is of those that it did not make
                None => play.cut().filter(|_| prints_for_others)?,
            };
            let lines: u64 =
                play.lines(terminal, events::Stream::Out).map(|(_, line)| line.count).sum();
            let printed = match lines {
                0 => "一行也没有印".to_owned(),
                lines => format!("{lines} 行都是它自己印的"),
            };
            let name = play.name(terminal);
            let sentence = format!("「{name}」一个{what}也没有创建，{printed}");
            let mistake = Mistake::new(code, event, terminal, sentence, all_of(play, terminal));
            Some(mistake.mend(&format!(
                "先把{what}创建出来（{how}），让它去做；只写好函数，它不会自己运行"
            )))
        };
    wanted(play).into_iter().filter_map(look).collect()
}

/// Children that made children: they go on where their parent did. (Whoever runs another program, or has it run, does not.)
pub fn of_children(play: &Play) -> Vec<Mistake> {
    let look = |terminal: usize| {
        let root = play.root(terminal)?;
        let mut children = play.children(terminal);
        children.retain(|(pid, _)| is_same_program(play, *pid));
        let theirs: Vec<&(i32, Life)> =
            children.iter().filter(|(_, life)| life.parent != Some(root)).collect();
        let (grandchild, life) = theirs.first()?;
        let wanted = wanted(play).into_iter().find_map(|(one, wanted)| match wanted {
            Wanted::Processes(count) if one == terminal => Some(count as usize),
            _ => None,
        })?;
        if children.len() <= wanted || play.scene.wants_grandchildren(terminal) {
            return None;
        }
        let pids: Vec<i32> = theirs.iter().map(|(pid, _)| *pid).collect();
        let twice = printed_again(play, terminal, &pids);
        let why = match &twice {
            Some(text) => format!("「{text}」也就印了不止一遍"),
            None => "多半是 fork 之后子进程也往下走".to_owned(),
        };
        let sentence = format!(
            "「{}」应当有 {wanted} 个子进程，实际有 {} 个，其中 {} 个是子进程创建的（{} 创建了 {grandchild}）：{why}",
            play.name(terminal),
            children.len(),
            theirs.len(),
            life.parent.unwrap_or_default()
        );
        let failures = done_again(play, terminal, life.born, &pids);
        let mistake = Mistake::new(Code::ChildForksToo, life.born, terminal, sentence, failures)
            .mend("子进程做完自己的事就结束（exit），不要走到下一个 fork；在循环里 fork 的也一样，只 break 不够：循环后面的事它也会做");
        Some(if twice.is_some() { mistake } else { mistake.perhaps() })
    };
    (0..play.scene.terminals.len()).filter_map(look).collect()
}

/// A process runs the program that its terminal's first one runs.
fn is_same_program(play: &Play, pid: i32) -> bool {
    let Some(parent) = play.processes.get(&pid).map(|life| life.parent) else { return false };
    parent.is_none_or(|parent| !play.execs(pid) && is_same_program(play, parent))
}

/// A line that one of these processes printed, and another one, too.
fn printed_again(play: &Play, terminal: usize, pids: &[i32]) -> Option<String> {
    let by = |line: &events::Line| line.source.map(|source| source.pid);
    let lines: Vec<_> = play.lines(terminal, events::Stream::Out).map(|(_, line)| line).collect();
    let again = lines.iter().find(|line| {
        let is_theirs = by(line).is_some_and(|pid| pids.contains(&pid));
        is_theirs && lines.iter().any(|one| one.text == line.text && by(one) != by(line))
    });
    again.map(|line| line.text.clone())
}

/// What follows where these processes are too many: what they printed, how often something was printed, and when all was over.
fn done_again(play: &Play, terminal: usize, since: usize, pids: &[i32]) -> Vec<usize> {
    let is_theirs = |event: usize| {
        let events::Kind::Line(line) = &play.events[event].kind else { return false };
        line.source.is_some_and(|source| pids.contains(&source.pid))
    };
    let demanded = |practice| {
        matches!(practice, Practice::Processes(_) | Practice::WaitForChildren | Practice::AtOnce)
    };
    Follows::new(play, terminal, since)
        .shown(terminal, since, |failure| match failure.rule {
            Rule::Text | Rule::Panic => failure.event.is_some_and(is_theirs),
            _ => true,
        })
        .demands(demanded)
        .also(play.orphans_of(terminal))
        .in_others()
        .all()
}

/// Processes or threads where the script wants none of them.
pub fn not_wanted(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, wanted): (usize, Wanted)| {
        let (made, what) = match wanted {
            Wanted::Processes(0) => (play.children(terminal), "子进程"),
            Wanted::Threads(0) => (play.threads(terminal), "线程"),
            _ => return None,
        };
        let (_, first) = made.first()?;
        let (name, others) = (play.name(terminal), others_in_words(play, &made));
        let sentence = format!("「{name}」创建了 {} 个{what}{others}，这里不该有", made.len());
        let failures = all_of(play, terminal);
        let mistake =
            Mistake::new(Code::WorkersNotWanted, first.born, terminal, sentence, failures);
        Some(mistake.mend("这一课看的是一件事接一件事：都在 main 里按次序做"))
    };
    wanted(play).into_iter().filter_map(look).collect()
}

/// Fewer than the script wants, but some.
pub fn too_few(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, wanted): (usize, Wanted)| {
        let (made, count, what) = match wanted {
            Wanted::Processes(count) => (play.children(terminal), count, "子进程"),
            Wanted::Threads(count) => (play.threads(terminal), count, "线程"),
        };
        let (_, last) = made.last()?;
        // a scene that was cut, or a program that failed, did not come to the others
        let ended = play.ended(terminal).is_some_and(|(_, exit)| exit == events::Exit::Code(0));
        if made.len() >= count as usize || !ended {
            return None;
        }
        let (name, others) = (play.name(terminal), others_in_words(play, &made));
        let sentence =
            format!("「{name}」只创建了 {} 个{what}{others}，应当有 {count} 个", made.len());
        let failures = all_of(play, terminal);
        let mistake = Mistake::new(Code::WorkersTooFew, last.born, terminal, sentence, failures);
        Some(mistake.mend(&format!("题目要几个{what}，就创建几个：该它们做的，main 不要替它们做")))
    };
    wanted(play).into_iter().filter_map(look).collect()
}

/// More than the script wants, each made by the program's first process, unless children are to make children.
pub fn too_many(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, wanted): (usize, Wanted)| {
        let (made, count, what) = match wanted {
            Wanted::Processes(count) => (play.children(terminal), count, "子进程"),
            Wanted::Threads(count) => (play.threads(terminal), count, "线程"),
        };
        let root = play.root(terminal)?;
        let deep =
            matches!(wanted, Wanted::Processes(_)) && play.scene.wants_grandchildren(terminal);
        let is_own =
            made.iter().all(|(id, life)| (deep || life.parent == Some(root)) && !play.execs(*id));
        let (_, first) = made.get(count as usize)?;
        if count == 0 || !is_own {
            return None;
        }
        let name = play.name(terminal);
        let theirs = made.iter().filter(|(_, life)| life.parent != Some(root)).count();
        let (all, of_them) = match theirs {
            0 => ("", String::new()),
            theirs => ("一共", format!("（其中 {theirs} 个是子进程创建的）")),
        };
        let sentence =
            format!("「{name}」{all}创建了 {} 个{what}{of_them}，应当有 {count} 个", made.len());
        let failures = all_of(play, terminal);
        let mistake = Mistake::new(Code::WorkersTooMany, first.born, terminal, sentence, failures);
        if deep {
            let advice = "fork 之后两个进程都往下走：看它的返回值，子进程的事只在子进程里做，父进程不要也做一遍";
            return Some(mistake.mend(advice));
        }
        Some(mistake.mend(&format!(
            "题目要几个{what}，就只创建几个：要做的事再多，也由这几个轮着做（工人池）；main 自己的事由 main 做，不用再创建一个"
        )))
    };
    wanted(play).into_iter().filter_map(look).collect()
}

/// Each was made only when the one before had ended, so that nothing happens at the same time.
pub fn one_after_another(play: &Play) -> Vec<Mistake> {
    let look = |(terminal, wanted): (usize, Wanted)| {
        let (made, what, code, mechanism) = match wanted {
            Wanted::Processes(2..) => (
                play.children(terminal),
                "子进程",
                Code::ChildrenOneAfterAnother,
                Mechanism::Process,
            ),
            Wanted::Threads(2..) => {
                (play.threads(terminal), "线程", Code::ThreadsOneAfterAnother, Mechanism::Thread)
            }
            _ => return None,
        };
        // one that ends at once may have ended by itself before the next was made
        let over = |(id, life): &(i32, Life)| match mechanism {
            Mechanism::Process => super::waits::waited(play, terminal, *id),
            Mechanism::Thread => life.died,
        };
        let is_late =
            |pair: &[(i32, Life)]| over(&pair[0]).is_some_and(|over| over < pair[1].1.born);
        if made.len() < 2 || !made.windows(2).all(is_late) {
            return None;
        }
        let ([(first, _), (second, life), ..], name) = (made.as_slice(), play.name(terminal))
        else {
            return None;
        };
        let sentence = format!(
            "「{name}」的{what}没有同时运行：{first} 已经结束了，才创建 {second}（第 {:.1} 秒）",
            play.events[life.born].at.as_secs_f64()
        );
        let mut failures = play.failures_of(terminal, &[Rule::Time]);
        failures.extend(play.demands(terminal, |one| one == Practice::AtOnce));
        let mistake = Mistake::new(code, life.born, terminal, sentence, failures);
        Some(
            mistake.mend(
                "先把它们都创建出来，再一个一个等（join、wait）：创建一个等一个，就是一先一后",
            ),
        )
    };
    wanted(play).into_iter().filter_map(look).collect()
}
