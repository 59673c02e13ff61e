//! The steps of a scene, one after the other: what is next, and may it happen yet?

use course::script::{Action, Bindings, Expected, Pattern, Scene};
use events::{Line, Stream};

/// What the scene has shown so far, as far as steps depend on it.
#[derive(Debug)]
pub struct Sequencer<'a> {
    scene: &'a Scene,
    next: usize,
    /// Lines of standard output so far, per terminal.
    printed: Vec<u64>,
    /// What came on standard error and has not been compared yet, per terminal.
    said: Vec<Vec<String>>,
    /// How many of the script's lines on standard error have come, per terminal.
    found: Vec<usize>,
    /// Values that arguments further down need.
    bindings: Bindings,
}

impl<'a> Sequencer<'a> {
    pub fn new(scene: &'a Scene) -> Sequencer<'a> {
        let terminals = scene.terminals.len();
        Sequencer {
            scene,
            next: 0,
            printed: vec![0; terminals],
            said: vec![Vec::new(); terminals],
            found: vec![0; terminals],
            bindings: Bindings::new(),
        }
    }

    /// The direction that is to be carried out: its index, its terminal and what it says.
    pub fn current(&self) -> Option<(usize, usize, &'a Action)> {
        let direction = self.scene.directions.get(self.next)?;
        Some((self.next, direction.terminal, &direction.action))
    }

    /// It has been carried out.
    pub fn done(&mut self) {
        self.next += 1;
    }

    /// Takes note of a line; `text` is what it says, with the addresses that the script has.
    pub fn saw(&mut self, line: &Line, text: &str) {
        let scene = self.scene;
        let of_terminal = |lane: usize| scene.lanes[lane].terminal == line.terminal;
        match line.stream {
            Stream::Out => self.printed[line.terminal] += line.count,
            Stream::Err if scene.stderr_lines.iter().any(|one| of_terminal(one.lane)) => {
                self.said[line.terminal].push(line.text.clone());
            }
            Stream::Err => {}
        }
        let lines = match line.stream {
            Stream::Out => &scene.lines,
            Stream::Err => &scene.stderr_lines,
        };
        for expected in lines.iter().filter(|one| of_terminal(one.lane)) {
            if expected.pattern.names().all(|name| self.bindings.contains_key(name)) {
                continue;
            }
            let bound = expected.pattern.matches(text, expected.counter, &self.bindings);
            self.bindings.extend(bound.unwrap_or_default());
        }
    }

    /// The arguments with the values of their names; `None`: a name has not been seen yet.
    pub fn arguments(&self, args: &[Pattern]) -> Option<Vec<String>> {
        let known = |arg: &Pattern| arg.names().all(|name| self.bindings.contains_key(name));
        args.iter()
            .all(known)
            .then(|| args.iter().map(|arg| arg.render(None, &self.bindings)).collect())
    }

    /// Whether a terminal has printed everything of its own that stands above the current direction.
    /// `in_script` gives a line the addresses that the script has.
    pub fn has_printed_all_above(&mut self, in_script: impl Fn(&str) -> String) -> bool {
        let Some(direction) = self.scene.directions.get(self.next) else { return true };
        let of_terminal = |lane: usize| self.scene.lanes[lane].terminal == direction.terminal;
        let lines = self.scene.lines[..direction.lines_above].iter();
        let printed: u64 =
            lines.filter(|one| of_terminal(one.lane)).map(|one| *one.times.start()).sum();
        let wanted: Vec<&Expected> =
            self.scene.stderr_lines.iter().filter(|one| of_terminal(one.lane)).collect();
        for text in std::mem::take(&mut self.said[direction.terminal]) {
            let next = wanted.get(self.found[direction.terminal]);
            if next.is_some_and(|next| next.pattern.matches_alone(&in_script(&text), None)) {
                self.found[direction.terminal] += 1;
            }
        }
        let above = self.scene.stderr_lines[..direction.stderr_above].iter();
        let above = above.filter(|one| of_terminal(one.lane)).count();
        self.printed[direction.terminal] >= printed && self.found[direction.terminal] >= above
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::script::parse;

    fn line(terminal: usize, stream: Stream, text: &str, count: u64) -> Line {
        Line { terminal, stream, text: text.into(), count, whole: true, source: None }
    }

    #[test]
    fn a_program_is_stopped_only_after_its_lines() {
        let text = "场景 甲\n服 $ lesson-s\n服 |2..3 次| 一\n服 ! 在听\n服 停止\n服 | 末\n";
        let scene = parse(text).unwrap().scenes.remove(0);
        let mut steps = Sequencer::new(&scene);
        steps.done();
        assert!(!steps.has_printed_all_above(str::to_owned));
        steps.saw(&line(0, Stream::Out, "一", 2), "一");
        assert!(!steps.has_printed_all_above(str::to_owned));
        steps.saw(&line(0, Stream::Err, "别的", 1), "别的");
        assert!(!steps.has_printed_all_above(str::to_owned));
        steps.saw(&line(0, Stream::Err, "在听", 1), "在听");
        assert!(steps.has_printed_all_above(str::to_owned));
    }

    #[test]
    fn an_argument_waits_for_its_name() {
        let text = "场景 甲\n服 $ lesson-s\n服 ! 端口 <p:数>\n客 $ lesson-c --addr 127.0.0.1:<p>\n";
        let scene = parse(text).unwrap().scenes.remove(0);
        let mut steps = Sequencer::new(&scene);
        steps.done();
        let Some((_, _, Action::Start { args, .. })) = steps.current() else { panic!() };
        assert_eq!(steps.arguments(args), None);
        steps.saw(&line(0, Stream::Err, "端口 x", 1), "端口 x");
        steps.saw(&line(0, Stream::Err, "端口 81", 1), "端口 81");
        assert_eq!(steps.arguments(args).unwrap(), ["--addr", "127.0.0.1:81"]);
    }
}
