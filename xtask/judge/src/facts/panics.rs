//! Programs that panicked.

use course::script::Scene;
use events::{Event, Stream};

use super::{Failure, Rule, failure, lines_of, start_line};

/// The first panic of each terminal's programs, with its message.
pub(super) fn panics(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    for terminal in 0..scene.terminals.len() {
        let mut lines = lines_of(events, terminal, Stream::Err);
        let Some((event, line)) = lines.find(|(_, line)| says_panic(&line.text)) else { continue };
        let mut failure =
            failure(Rule::Panic, start_line(scene, terminal), terminal, "", Some(event));
        let next = lines.next().filter(|_| message_follows(&line.text));
        let message = next.map(|(_, line)| line.text.as_str()).unwrap_or_default();
        failure.got = Some(format!("{}\n{message}", line.text).trim_end().to_owned());
        failures.push(failure);
    }
}

/// What Rust's own hook writes (`std::panic::set_hook`): `thread 'main' panicked at src/main.rs:2:5:`.
const OF_RUST: &str = "panicked at";
/// What the hook of the lessons writes instead (`install_panic_hook` in `shared/src/error.rs`).
const OF_LESSONS: &str = "panic 了";

/// Whether a line that a program has put on standard error says that it panicked. Nothing else tells: a child's exit code
/// is known only to its parent, unless the program is traced, and a thread has none.
pub fn says_panic(line: &str) -> bool {
    line.contains(OF_RUST) || line.contains(OF_LESSONS)
}

/// Whether the message is on the next line: Rust's own hook ends the line with the place and a colon.
fn message_follows(line: &str) -> bool {
    line.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_known_by_what_its_hook_writes() {
        assert!(says_panic("thread 'main' panicked at src/main.rs:2:5:"));
        assert!(message_follows("thread 'main' panicked at src/main.rs:2:5:"));
        let lesson =
            "错误：程序自己有错，panic 了（lessons/10-threads/src/main.rs:47:13）：第三遍出错";
        assert!(says_panic(lesson) && !message_follows(lesson));
        assert!(!says_panic("错误：连接不上 127.0.0.1:8888"));
    }

    #[test]
    fn the_lessons_still_write_what_is_looked_for() {
        let hook =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/src/error.rs");
        assert!(std::fs::read_to_string(hook).unwrap().contains(OF_LESSONS));
    }
}
