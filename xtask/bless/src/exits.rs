//! A program that ends in another way than the script says.

use course::script::spelling::{Act, Form, Line, Stage, Word, Words};
use course::script::words::{BY, Verb};
use course::script::{Action, Scene};
use events::{Event, Exit, Kind, StopSignal};

use super::draft::Draft;

/// Writes how the program of a terminal ended. `false`: that cannot be written, or it is no matter of the script.
pub fn mend(draft: &mut Draft, scene: &Scene, events: &[Event], terminal: usize) -> bool {
    let ended = events.iter().find_map(|event| match event.kind {
        Kind::Exited { terminal: of, exit } if of == terminal => Some(exit),
        _ => None,
    });
    let Some(operands) = ended.and_then(operands_of) else { return false };
    let mine = || scene.directions.iter().filter(|direction| direction.terminal == terminal);
    let stopped =
        |event: &Event| matches!(event.kind, Kind::Stopped { terminal: of, .. } if of == terminal);
    // it was to run until it is stopped, and did not
    if mine().any(|direction| matches!(direction.action, Action::Stop(_)))
        && !events.iter().any(stopped)
    {
        return false;
    }
    let operands = Words::of(&operands);
    let says = mine().find(|direction| matches!(direction.action, Action::End(_)));
    if let Some(direction) = says {
        let line = Line::of(direction.line, draft.line(direction.line));
        let Form::Stage(stage @ Stage { act: Act::Verb(verb, word, _), .. }) = &line.form else {
            return false;
        };
        let line = Stage { act: Act::Verb(*verb, *word, operands), ..stage.clone() }.to_string();
        draft.replace(direction.line, line);
        return true;
    }
    // when everything else has been done: whoever waits earlier could wait for ever
    let last = scene.directions.iter().map(|direction| direction.line);
    let last = last.chain(scene.lines.iter().chain(&scene.stderr_lines).map(|one| one.line)).max();
    let line = Stage {
        name: Word::new("", &scene.terminals[terminal].name),
        mechanism: None,
        act: Act::Verb(Verb::End, Word::new(" ", Verb::End.word()), operands),
    };
    draft.insert_after(last.unwrap_or(scene.line), line.to_string());
    true
}

/// What follows `结束`, with the space before it.
fn operands_of(exit: Exit) -> Option<String> {
    let signal = |signal: StopSignal| format!(" {BY} {}", signal.name());
    match exit {
        Exit::Code(0) => Some(String::new()),
        Exit::Code(code @ 1..=255) => Some(format!(" {code}")),
        Exit::Signal(2) => Some(signal(StopSignal::Int)),
        Exit::Signal(15) => Some(signal(StopSignal::Term)),
        Exit::Signal(9) => Some(signal(StopSignal::Kill)),
        _ => None,
    }
}
