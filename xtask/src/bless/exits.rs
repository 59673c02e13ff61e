//! A program that ends in another way than the script says.

use course::script::{Action, Scene, StopSignal};
use events::{Event, Exit, Kind};

use super::draft::Draft;

/// Writes how the program of a terminal ended. `false`: that cannot be written, or it is no matter of the script.
pub fn mend(draft: &mut Draft, scene: &Scene, events: &[Event], terminal: usize) -> bool {
    let ended = events.iter().find_map(|event| match event.kind {
        Kind::Exited { terminal: of, exit } if of == terminal => Some(exit),
        _ => None,
    });
    let Some(words) = ended.and_then(in_words) else { return false };
    let mine = || scene.steps.iter().filter(|step| step.terminal == terminal);
    let stopped =
        |event: &Event| matches!(event.kind, Kind::Stopped { terminal: of, .. } if of == terminal);
    // it was to run until it is stopped, and did not
    if mine().any(|step| matches!(step.action, Action::Stop(_))) && !events.iter().any(stopped) {
        return false;
    }
    let says = mine().find(|step| matches!(step.action, Action::End(_)));
    if let Some(step) = says {
        let line = draft.line(step.line);
        let Some(at) = line.rfind(END) else { return false };
        let line = format!("{}{words}", &line[..at]);
        draft.replace(step.line, line);
        return true;
    }
    // when everything else has been done: whoever waits earlier could wait for ever
    let last = scene.steps.iter().map(|step| step.line);
    let last = last.chain(scene.lines.iter().chain(&scene.stderr_lines).map(|one| one.line)).max();
    let name = &scene.terminals[terminal].name;
    draft.insert_after(last.unwrap_or(scene.line), format!("{name} {words}"));
    true
}

const END: &str = "结束";

fn in_words(exit: Exit) -> Option<String> {
    let signal = |signal: StopSignal| format!("{END} 被 {}", signal.name());
    match exit {
        Exit::Code(0) => Some(END.to_owned()),
        Exit::Code(code @ 1..=255) => Some(format!("{END} {code}")),
        Exit::Signal(2) => Some(signal(StopSignal::Int)),
        Exit::Signal(15) => Some(signal(StopSignal::Term)),
        Exit::Signal(9) => Some(signal(StopSignal::Kill)),
        _ => None,
    }
}
