//! Lines that were printed, but in another place: another terminal, or standard error.

use course::script::Scene;
use events::{Event, Stream};

use super::super::{Failure, Rule, lines_of};

/// A line that is lacking on standard output and stands on standard error.
pub fn find_on_stderr(scene: &Scene, events: &[Event], failures: &mut [Failure]) {
    for failure in failures.iter_mut().filter(|failure| failure.rule == Rule::Missing) {
        let Some(terminal) = failure.subject.terminal(scene) else { continue };
        let mut said = lines_of(events, terminal, Stream::Err);
        if said.any(|(_, line)| is_line(scene, failure, &line.text)) {
            failure
                .detail
                .push_str("；它印到了标准错误（eprintln!），应当印到标准输出（println!）");
        }
    }
}

/// A line that one terminal lacks and another has too much was printed in the wrong terminal.
pub fn join_moved_lines(scene: &Scene, failures: &mut Vec<Failure>) {
    let mut index = 0;
    while index < failures.len() {
        let lacks = &failures[index];
        let moved = failures.iter().position(|other| {
            lacks.rule == Rule::Missing
                && other.rule == Rule::Extra
                && other.subject.terminal(scene) != lacks.subject.terminal(scene)
                && other.got.as_deref().is_some_and(|got| is_line(scene, lacks, got))
        });
        if let Some(moved) = moved {
            let other = failures[moved].clone();
            let lacks = &mut failures[index];
            let (wanted, found) = (lacks.subject.name(scene), other.subject.name(scene));
            let detail = format!("这一行应当由「{wanted}」印出，却出现在「{found}」");
            *lacks = Failure {
                rule: Rule::Terminal,
                got: other.got,
                event: other.event,
                detail,
                ..lacks.clone()
            };
            failures.remove(moved);
            index = 0;
        } else {
            index += 1;
        }
    }
}

fn is_line(scene: &Scene, lacks: &Failure, text: &str) -> bool {
    lacks.expected.as_deref() == Some(text)
        || scene
            .lines
            .iter()
            .any(|line| line.line == lacks.line && line.pattern.matches_alone(text, None))
}
