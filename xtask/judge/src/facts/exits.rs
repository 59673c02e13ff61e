//! Did the programs end as they should?

use nix::sys::signal::Signal;

use course::script::{Action, End, Scene};
use events::{Event, Exit, Kind, StopSignal};

use super::{Failure, Rule, Subject, exit_of, failure, last_words, start_line};

/// Programs that ended in another way than the script says; a panic has been told before.
pub(super) fn exits(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    for terminal in 0..scene.terminals.len() {
        let mine = Subject::Terminal(terminal);
        let panicked = failures.iter().any(|one| one.rule == Rule::Panic && one.subject == mine);
        let Some((index, exit)) = exit_of(events, terminal) else { continue };
        let mine = || scene.directions.iter().filter(|direction| direction.terminal == terminal);
        let wanted = mine().find_map(|direction| match direction.action {
            Action::End(end) => Some((direction.line, end)),
            _ => None,
        });
        let stopped = mine().find_map(|direction| match direction.action {
            Action::Stop(signal) => Some((direction.line, signal)),
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
        let mut detail = last_words(events, terminal).unwrap_or_default();
        if scene.is_partner(terminal) {
            let end = if detail.is_empty() { "" } else { "。" };
            detail += end;
            detail += "它是剧本的对手，照剧本做：要看的是和它说话的程序";
        }
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
