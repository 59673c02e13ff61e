//! Who printed a line, while the scene plays: nothing of what comes later is known yet.

use course::script::Scene;
use events::{Event, Kind, Line};

use crate::{Role, fits, prints};

/// Who printed a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker {
    /// Index into the scene's terminals.
    pub terminal: usize,
    /// The process.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// What it is.
    pub role: Role,
    /// The lane of the script whose line it printed first, or 子进程 2, 线程 3; `None`: the program itself.
    pub name: Option<String>,
}

/// All who have printed so far, in the order of their first lines.
#[derive(Debug, Default)]
pub struct Speakers {
    /// The first process of every terminal that has begun.
    programs: Vec<(usize, i32)>,
    known: Vec<Speaker>,
}

impl Speakers {
    /// Takes note of programs that begin.
    pub fn follow(&mut self, event: &Event) {
        if let Kind::Started { terminal, pid, .. } = event.kind {
            self.programs.push((terminal, pid));
        }
    }

    /// Who printed this line, an index into all who have; `None`: nobody knows. `true`: their first line.
    pub fn of(&mut self, scene: &Scene, line: &Line) -> Option<(usize, bool)> {
        let source = line.source?;
        let same = |one: &Speaker| {
            (one.terminal, one.pid, one.tid) == (line.terminal, source.pid, source.tid)
        };
        if let Some(known) = self.known.iter().position(same) {
            return Some((known, false));
        }
        let program = self.programs.contains(&(line.terminal, source.pid));
        let role = match (source.pid == source.tid, program) {
            (false, _) => Role::Thread,
            (true, true) => Role::Program,
            (true, false) => Role::Process,
        };
        let name = (role != Role::Program).then(|| self.name(scene, line, role));
        let (terminal, pid, tid) = (line.terminal, source.pid, source.tid);
        self.known.push(Speaker { terminal, pid, tid, role, name });
        Some((self.known.len() - 1, true))
    }

    /// Somebody of whom [`of`](Speakers::of) told.
    pub fn get(&self, index: usize) -> &Speaker {
        &self.known[index]
    }

    /// The one lane of the script that has this line and is not somebody else's; a number where there is none, or more
    /// than one: the name stays, so it must not be a guess.
    fn name(&self, scene: &Scene, line: &Line, role: Role) -> String {
        let others = || self.known.iter().filter(|one| one.terminal == line.terminal);
        let taken = |name: &str| others().any(|one| one.name.as_deref() == Some(name));
        let mut lanes = scene.lanes.iter().enumerate().filter_map(|(index, lane)| {
            let name = lane.name.as_deref()?;
            let its = lane.terminal == line.terminal
                && fits(role, lane.mechanism)
                && prints(scene, index, &line.text);
            its.then_some(name)
        });
        if let (Some(only), None) = (lanes.next(), lanes.next())
            && !taken(only)
        {
            return only.to_owned();
        }
        let noun = if role == Role::Thread { "线程" } else { "子进程" };
        (1..).map(|number| format!("{noun} {number}")).find(|name| !taken(name)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use course::script::parse;
    use events::{Source, Stream, Window};

    use super::*;

    fn named(script: &str, lines: &[(i32, i32, &str)]) -> Vec<Option<String>> {
        let scene = parse(script).unwrap().scenes.remove(0);
        let mut speakers = Speakers::default();
        let kind = Kind::Started { terminal: 0, pid: 10, parent: 1 };
        let window = Window::exact(0);
        speakers.follow(&Event { at: Duration::ZERO, window, kind, place: None });
        let name = |(pid, tid, text): &(i32, i32, &str)| {
            let source = Some(Source { pid: *pid, tid: *tid });
            let text = (*text).to_owned();
            let stream = Stream::Out;
            let line = Line { terminal: 0, stream, text, count: 1, whole: true, source };
            let (who, _) = speakers.of(&scene, &line).unwrap();
            speakers.get(who).name.clone()
        };
        lines.iter().map(name).collect()
    }

    const TWO: &str = "场景 甲
主 $ lesson-x
主 | 主{1..3}
主/一 进程 | 敲{1..3}
主/二 进程 | 听{1..3}
";

    #[test]
    fn a_lane_names_whoever_prints_its_first_line() {
        let lines = [(10, 10, "主1"), (12, 12, "听1"), (11, 11, "敲1"), (12, 12, "听2")];
        let names = named(TWO, &lines);
        assert_eq!(names, [None, Some("二".into()), Some("一".into()), Some("二".into())]);
    }

    #[test]
    fn what_is_not_certain_is_a_number() {
        // a thread where the script has processes; a second process with the same lines; a line of nobody
        let lines = [(10, 13, "敲1"), (11, 11, "敲1"), (12, 12, "敲2"), (14, 14, "别的")];
        let names = named(TWO, &lines);
        let wanted = ["线程 1", "一", "子进程 1", "子进程 2"].map(|name| Some(name.to_owned()));
        assert_eq!(names, wanted);
        // two lanes that begin alike
        let alike = "场景 甲
主 $ lesson-x
主/一 进程 | 好
主/二 进程 | 好
";
        assert_eq!(named(alike, &[(11, 11, "好")]), [Some("子进程 1".to_owned())]);
    }
}
