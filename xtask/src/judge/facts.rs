//! Everything but the lines: did the programs start, listen and end as they should, and what did they
//! leave?

use std::net::{SocketAddr, SocketAddrV4};

use nix::sys::signal::Signal;
use tracer::{Call, Outcome, Step};

use crate::observe::{Event, Excess, Exit, FileOutcome, Kind, Stream};
use crate::script::{Action, End, Scene, StopSignal};

use super::{Failure, Rule, Subject, lines_of};

/// What explains the lines that are wrong or missing: it comes first in a report.
pub fn causes(scene: &Scene, events: &[Event]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (index, event) in events.iter().enumerate() {
        match &event.kind {
            Kind::CannotStart { terminal, why } => {
                let step = start_line(scene, *terminal);
                failures.push(failure(Rule::Start, step, *terminal, why, Some(index)));
            }
            Kind::TooMuchOutput { terminal, bytes } => {
                let detail = format!("已经印了 {bytes} 字节，不再等它");
                let line = start_line(scene, *terminal);
                failures.push(failure(Rule::TooMuchOutput, line, *terminal, &detail, Some(index)));
            }
            Kind::Excess(excess) => {
                let (rule, detail) = match excess {
                    Excess::Processes(count) => {
                        (Rule::Processes, format!("同时有 {count} 个以上的进程"))
                    }
                    Excess::Memory(bytes) => {
                        (Rule::Memory, format!("所有进程一共占用 {} MiB 内存", bytes >> 20))
                    }
                    Excess::Disk(bytes) => {
                        (Rule::Disk, format!("场景的文件夹里已经有 {} MiB", bytes >> 20))
                    }
                };
                let (line, subject) = (scene.line, Subject::Scene);
                let (expected, got, event) = (None, None, Some(index));
                failures.push(Failure { rule, line, subject, expected, got, detail, event });
            }
            Kind::Traced { terminal, pid, step, .. } => {
                let Some(detail) = stray_signal(events, *pid, step) else { continue };
                let line = start_line(scene, *terminal);
                let rule = Rule::StraySignal;
                failures.push(failure(rule, line, *terminal, &detail, Some(index)));
            }
            _ => {}
        }
    }
    panics(scene, events, &mut failures);
    not_connected(scene, events, &mut failures);
    not_listening(scene, events, &mut failures);
    out_of_time(scene, events, &mut failures);
    exits(scene, events, &mut failures);
    failures
}

/// What was left behind, and what should not have been printed.
pub fn effects(scene: &Scene, events: &[Event]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for rule in &scene.forbidden {
        for stream in [Stream::Out, Stream::Err] {
            let found = lines_of(events, rule.terminal, stream)
                .find(|(_, line)| rule.pattern.matches_alone(&line.text, None));
            if let Some((event, line)) = found {
                let mut failure =
                    failure(Rule::Forbidden, rule.line, rule.terminal, "", Some(event));
                failure.expected =
                    Some(format!("不出现：{}", rule.pattern.render(None, &Default::default())));
                failure.got = Some(line.text.clone());
                failures.push(failure);
            }
        }
    }
    for (index, event) in events.iter().enumerate() {
        let (rule, line, subject, detail) = match &event.kind {
            Kind::File { compared, outcome } => {
                let wanted = &scene.compared[*compared];
                let Some(detail) = file_in_words(outcome) else { continue };
                (Rule::File, wanted.line, Subject::File(wanted.path.clone()), detail)
            }
            Kind::StrayFile { path, bytes } => {
                let detail = format!("{bytes} 字节；剧本里没有提到它");
                (Rule::StrayFile, scene.line, Subject::File(path.clone()), detail)
            }
            Kind::Orphan { pid, command, alive } => {
                let how = match alive {
                    true => "父进程已经结束，它还在运行",
                    false => "它结束时，父进程已经不在，没有人用 wait 等过它",
                };
                let subject = Subject::Process { pid: *pid, command: command.clone() };
                (Rule::Orphan, scene.line, subject, format!("进程 {pid}：{how}"))
            }
            _ => continue,
        };
        let (expected, got, event) = (None, None, Some(index));
        failures.push(Failure { rule, line, subject, expected, got, detail, event });
    }
    failures
}

fn failure(
    rule: Rule,
    line: usize,
    terminal: usize,
    detail: &str,
    event: Option<usize>,
) -> Failure {
    let (subject, detail) = (Subject::Terminal(terminal), detail.to_owned());
    Failure { rule, line, subject, expected: None, got: None, detail, event }
}

/// A signal to somebody who is not in the scene: neither we nor the kernel let it through. In words.
fn stray_signal(events: &[Event], pid: i32, step: &Step) -> Option<String> {
    let Step::Leave { call: Call::Kill { target, signal }, outcome: Outcome::Failed(libc::EPERM) } =
        step
    else {
        return None;
    };
    let runner = events.iter().find_map(|event| match event.kind {
        Kind::Started { parent, .. } => Some(parent),
        _ => None,
    });
    let whom = match *target {
        -1 => "-1，也就是它能发到的所有进程（fork 失败时返回 -1，它不是进程号）".to_owned(),
        0 => "0，也就是它所在的进程组，里面有场景以外的进程".to_owned(),
        target if runner == Some(target) => format!("{target}，那是启动它的程序，不是场景里的进程"),
        target if target < 0 => format!("进程组 {}，那不是场景里的", target.unsigned_abs()),
        target => format!("{target}，那不是场景里的进程"),
    };
    let name =
        Signal::try_from(*signal).map_or_else(|_| format!("{signal} 号"), |one| one.to_string());
    Some(format!("进程 {pid} 要把信号 {name} 发给 {whom}；没有发出去，kill 返回 EPERM"))
}

/// The script's line that starts the program of a terminal.
pub fn start_line(scene: &Scene, terminal: usize) -> usize {
    scene
        .steps
        .iter()
        .find(|step| step.terminal == terminal && matches!(step.action, Action::Start { .. }))
        .map_or(scene.line, |step| step.line)
}

fn panics(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    for terminal in 0..scene.terminals.len() {
        let mut lines = lines_of(events, terminal, Stream::Err);
        let is_panic = |text: &str| text.contains("panicked at") || text.contains("panic 了");
        let Some((event, line)) = lines.find(|(_, line)| is_panic(&line.text)) else { continue };
        let mut failure =
            failure(Rule::Panic, start_line(scene, terminal), terminal, "", Some(event));
        // std puts the message on the line after the place
        let next = lines.next().filter(|_| line.text.ends_with(':'));
        let message = next.map(|(_, line)| line.text.as_str()).unwrap_or_default();
        failure.got = Some(format!("{}\n{message}", line.text).trim_end().to_owned());
        failures.push(failure);
    }
}

fn not_listening(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    let stuck = events.iter().find_map(|event| match event.kind {
        Kind::OutOfTime { step, .. } | Kind::Stuck { step, .. } => step,
        _ => None,
    });
    for (index, step) in scene.steps.iter().enumerate() {
        let Action::Listen(addr) = step.action else { continue };
        if stuck.is_some_and(|stuck| stuck < index) {
            continue; // never asked
        }
        let of_terminal = |one: &&crate::script::Step| {
            one.terminal == step.terminal && matches!(one.action, Action::Listen(_))
        };
        let before = scene.steps[..index].iter().filter(of_terminal).count();
        let found = events.iter().filter(
            |event| matches!(event.kind, Kind::Listening { terminal, .. } if terminal == step.terminal),
        );
        let listens = found.count() > before;
        let started = events.iter().any(
            |event| matches!(event.kind, Kind::Started { terminal, .. } if terminal == step.terminal),
        );
        if listens || !started {
            continue;
        }
        let detail = match exit_of(events, step.terminal) {
            Some((_, exit)) => format!(
                "程序已经结束（{}），一直没有监听{}",
                exit,
                last_words(events, step.terminal)
            ),
            // it listens, but is waited for because of what it has not printed: out of time
            None if found_at(events, addr) => continue,
            // a standstill or a computation says more than that it does not listen
            None if was_ended_early(events) => match traced_listeners(events, step.terminal) {
                addrs if addrs.is_empty() || addrs.contains(&addr) => continue,
                addrs => listens_elsewhere(&addrs),
            },
            None => listening_in_words(events),
        };
        let mut failure = failure(Rule::Listen, step.line, step.terminal, &detail, None);
        failure.expected = Some(format!("监听 {addr}"));
        failures.push(failure);
    }
}

/// Where the program listens that the scene was waiting for when its time was up.
fn listens_at_the_limit(events: &[Event]) -> &[SocketAddrV4] {
    let found = events.iter().find_map(|event| match &event.kind {
        Kind::OutOfTime { listens, .. } => Some(listens.as_slice()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Whether something listens at the script's `addr`, or at the one that stood for it.
fn found_at(events: &[Event], addr: SocketAddrV4) -> bool {
    listens_at_the_limit(events).contains(&addr)
        || events
            .iter()
            .any(|event| matches!(event.kind, Kind::Address { script, .. } if script == addr))
}

/// Why a program that still runs does not listen as it should, when time is up.
fn listening_in_words(events: &[Event]) -> String {
    match listens_at_the_limit(events) {
        [] => "等到时限，程序还没有监听".to_owned(),
        addrs => listens_elsewhere(addrs),
    }
}

fn listens_elsewhere(addrs: &[impl ToString]) -> String {
    let addrs: Vec<String> = addrs.iter().map(ToString::to_string).collect();
    format!("它监听的是 {}", addrs.join("、"))
}

/// The scene was ended because its programs come to no end, whatever time is left.
fn was_ended_early(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event.kind, Kind::Stuck { .. } | Kind::Computing { .. }))
}

/// Where a traced program listens.
fn traced_listeners(events: &[Event], terminal: usize) -> Vec<SocketAddrV4> {
    let listens = events.iter().filter_map(|event| match &event.kind {
        Kind::Traced {
            terminal: t,
            step:
                Step::Leave {
                    call: Call::Listen { addr: Some(SocketAddr::V4(addr)), .. },
                    outcome: Outcome::Done(_),
                },
            ..
        } if *t == terminal => Some(*addr),
        _ => None,
    });
    listens.collect()
}

/// A program that should have been connected and ended instead. (Still running: out of time.)
fn not_connected(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    for step in &scene.steps {
        let Action::Connect(addr) = step.action else { continue };
        let connected = events.iter().any(
            |event| matches!(event.kind, Kind::Connected { terminal, .. } if terminal == step.terminal),
        );
        let Some((_, exit)) = exit_of(events, step.terminal) else { continue };
        if connected || is_cut(events) {
            continue;
        }
        let last = last_words(events, step.terminal);
        let detail = format!("程序已经结束（{}），没有见到它连上{last}", exit);
        let mut failure = failure(Rule::Connect, step.line, step.terminal, &detail, None);
        failure.expected = Some(format!("连接 {addr}"));
        failures.push(failure);
    }
}

/// The runner ended the scene before it was over.
pub fn is_cut(events: &[Event]) -> bool {
    cut_at(events).is_some()
}

/// When the runner ended the scene before it was over: what happened later says nothing.
fn cut_at(events: &[Event]) -> Option<usize> {
    events.iter().position(|event| {
        matches!(
            event.kind,
            Kind::OutOfTime { .. }
                | Kind::TooMuchOutput { .. }
                | Kind::Excess(_)
                | Kind::Stuck { .. }
                | Kind::Computing { .. }
        )
    })
}

fn out_of_time(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    let found = events.iter().enumerate().find_map(|(index, event)| match event.kind {
        Kind::OutOfTime { step, .. } => Some((index, step)),
        _ => None,
    });
    let Some((index, step)) = found else { return };
    let step = step.map(|step| &scene.steps[step]);
    // reported as not listening
    if failures.iter().any(|failure| failure.rule == Rule::Listen) {
        return;
    }
    let running: Vec<&str> = (0..scene.terminals.len())
        .filter(|terminal| is_running(events, *terminal))
        .map(|terminal| scene.terminals[terminal].name.as_str())
        .collect();
    let terminal = step
        .map(|step| step.terminal)
        .or_else(|| (0..scene.terminals.len()).find(|terminal| is_running(events, *terminal)));
    let line = step.map_or(scene.line, |step| step.line);
    let waiting = waiting_in_words(step.map(|step| &step.action));
    let detail = format!(
        "{} 秒内没有结束：{waiting}；还在运行的：{}",
        scene.limit.as_secs(),
        if running.is_empty() { "没有".to_owned() } else { running.join("、") }
    );
    let terminal = terminal.unwrap_or(0);
    failures.push(failure(Rule::Time, line, terminal, &detail, Some(index)));
}

/// What the runner waits for at a step; `None`: all steps are done.
pub fn waiting_in_words(action: Option<&Action>) -> &'static str {
    match action {
        Some(Action::End(_)) => "在等它结束",
        Some(Action::Stop(_)) => "在等它印出上面的行，然后停止它",
        Some(Action::Await) => "在等它印出上面的行",
        Some(Action::Listen(_)) => "它已经在监听，在等它印出写在「监听」上面的行",
        Some(Action::Connect(_)) => "在等它连上",
        Some(Action::Start { .. }) => "在等参数里的名字出现",
        Some(Action::Type(_)) => "在等它读走输入",
        _ => "在等所有程序结束",
    }
}

fn is_running(events: &[Event], terminal: usize) -> bool {
    let started = events
        .iter()
        .any(|event| matches!(event.kind, Kind::Started { terminal: t, .. } if t == terminal));
    started && exit_of(events, terminal).is_none()
}

/// How a program ended by itself: after a cut the runner ends everything, which does not count.
fn exit_of(events: &[Event], terminal: usize) -> Option<(usize, Exit)> {
    let over = cut_at(events).unwrap_or(events.len());
    events[..over].iter().enumerate().find_map(|(index, event)| match event.kind {
        Kind::Exited { terminal: t, exit } if t == terminal => Some((index, exit)),
        _ => None,
    })
}

fn exits(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    for terminal in 0..scene.terminals.len() {
        let mine = Subject::Terminal(terminal);
        let panicked = failures.iter().any(|one| one.rule == Rule::Panic && one.subject == mine);
        let Some((index, exit)) = exit_of(events, terminal) else { continue };
        let mine = || scene.steps.iter().filter(|step| step.terminal == terminal);
        let wanted = mine().find_map(|step| match step.action {
            Action::End(end) => Some((step.line, end)),
            _ => None,
        });
        let stopped = mine().find_map(|step| match step.action {
            Action::Stop(signal) => Some((step.line, signal)),
            _ => None,
        });
        // of several signals, the last one ended it
        let sent = events.iter().rev().find_map(|event| match event.kind {
            Kind::Stopped { terminal: t, signal } if t == terminal => Some(signal),
            _ => None,
        });
        let (line, expected) = match (wanted, stopped) {
            // it ended before it was stopped
            (_, Some((line, _))) if sent.is_none() => (line, "一直运行，直到被停止".to_owned()),
            (Some((_, end)), _) if exit == exit_for(end) => continue,
            (Some((line, end)), _) => (line, exit_for(end).to_string()),
            (None, Some((line, signal))) => match sent {
                Some(sent) if ended_by(exit, sent) => continue,
                sent => {
                    let signal = sent.unwrap_or(signal);
                    (line, format!("收到 SIG{} 后结束", signal.name()))
                }
            },
            (None, None) if exit == Exit::Code(0) => continue,
            (None, None) => (start_line(scene, terminal), Exit::Code(0).to_string()),
        };
        if panicked {
            continue;
        }
        let detail = last_words(events, terminal).trim_start_matches('；').to_owned();
        let mut failure = failure(Rule::Exit, line, terminal, &detail, Some(index));
        failure.expected = Some(expected);
        failure.got = Some(exit.to_string());
        failures.push(failure);
    }
}

fn exit_for(end: End) -> Exit {
    match end {
        End::Code(code) => Exit::Code(code),
        End::Signal(signal) => Exit::Signal(number(signal)),
    }
}

fn number(signal: StopSignal) -> i32 {
    match signal {
        StopSignal::Int => Signal::SIGINT as i32,
        StopSignal::Term => Signal::SIGTERM as i32,
        StopSignal::Kill => Signal::SIGKILL as i32,
    }
}

/// A stopped program may die of the signal, or catch it and end well.
fn ended_by(exit: Exit, signal: StopSignal) -> bool {
    let number = number(signal);
    exit == Exit::Signal(number) || exit == Exit::Code(0) || exit == Exit::Code(128 + number)
}

/// The last line on standard error: usually the program's own explanation.
fn last_words(events: &[Event], terminal: usize) -> String {
    match lines_of(events, terminal, Stream::Err).last() {
        Some((_, line)) => format!("；它最后说：{}", line.text),
        None => String::new(),
    }
}

fn file_in_words(outcome: &FileOutcome) -> Option<String> {
    Some(match outcome {
        FileOutcome::Same => return None,
        FileOutcome::Missing => "没有这个文件".to_owned(),
        FileOutcome::Unwanted => "不应当有这个文件".to_owned(),
        FileOutcome::Unreadable(why) => format!("读不了：{why}"),
        FileOutcome::Differs { at, found, expected } if found != expected => {
            format!(
                "大小不对：应当 {expected} 字节，实际 {found} 字节；从第 {} 个字节起不同",
                at + 1
            )
        }
        FileOutcome::Differs { at, .. } => format!("从第 {} 个字节起不同", at + 1),
    })
}
