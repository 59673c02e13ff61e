//! Where a new line belongs: among the lines of its lane, and below what was done before it was printed.

use course::script::{Action, Expected, Scene};
use events::{Event, Kind};

use super::align::{Item, New};

/// The line below which a new one of `terminal`, in the lane of `items`, belongs.
pub fn above(scene: &Scene, events: &[Event], terminal: usize, items: &[Item], new: &New) -> usize {
    let cue = last_cue(scene, events, terminal, new.printed.event);
    let before = new.before.checked_sub(1).and_then(|index| items.get(index));
    let next = items.get(new.before).map(|item| item.expected.line);
    let above = match (before, next) {
        (Some(before), _) => before.expected.line,
        // right above the lane's first line, unless one of the program's own directions stands between
        (None, Some(next)) => {
            let between = |line: usize| cue < line && line < next;
            let mut directions =
                scene.directions.iter().filter(|direction| direction.terminal == terminal);
            if directions.any(|direction| between(direction.line)) { cue } else { next - 1 }
        }
        (None, None) => {
            let of_terminal = |one: &&Expected| scene.lanes[one.lane].terminal == terminal;
            let lines = scene.lines.iter().filter(of_terminal).map(|one| one.line);
            lines.max().unwrap_or(cue)
        }
    };
    if cue > above && next.is_none_or(|next| cue < next) { cue } else { above }
}

/// The last direction of a terminal that was carried out before an event: the line stands below it.
fn last_cue(scene: &Scene, events: &[Event], terminal: usize, event: usize) -> usize {
    let mut cues = scene.directions.iter().filter(|direction| {
        let seen = matches!(
            direction.action,
            Action::Listen(_)
                | Action::Connect(_)
                | Action::Type(_)
                | Action::CloseInput
                | Action::Stop(_)
        );
        direction.terminal == terminal && seen
    });
    let mut line = start(scene, terminal);
    for before in &events[..event] {
        let carried_out = match before.kind {
            Kind::Listening { terminal: of, .. }
            | Kind::Connected { terminal: of, .. }
            | Kind::Typed { terminal: of, .. }
            | Kind::Stopped { terminal: of, .. } => of == terminal,
            _ => false,
        };
        if carried_out && let Some(direction) = cues.next() {
            line = direction.line;
        }
    }
    line
}

/// The line that starts a terminal's program.
pub fn start(scene: &Scene, terminal: usize) -> usize {
    let mut directions = scene.directions.iter();
    let start = directions.find(|direction| {
        direction.terminal == terminal && matches!(direction.action, Action::Start { .. })
    });
    start.map_or(scene.line, |direction| direction.line)
}
