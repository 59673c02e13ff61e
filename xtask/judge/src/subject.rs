//! What a broken rule is about.

use std::borrow::Cow;

use course::script::Scene;

/// Whose fault a failure is, or where it shows. A [`Failure`](super::Failure) carries this, not a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The scene as a whole.
    Scene,
    /// The program of a terminal: an index into [`Scene::terminals`].
    Terminal(usize),
    /// The lines of one lane: an index into [`Scene::lanes`].
    Lane(usize),
    /// A file: its path in the scene's folder.
    File(String),
    /// A process that is not a terminal's own.
    Process {
        /// Its number.
        pid: i32,
        /// Its command line.
        command: String,
    },
}

impl Subject {
    /// The terminal that it belongs to: an index into [`Scene::terminals`]. `None`: to no single one.
    pub fn terminal(&self, scene: &Scene) -> Option<usize> {
        match self {
            Subject::Terminal(terminal) => Some(*terminal),
            Subject::Lane(lane) => Some(scene.lanes[*lane].terminal),
            Subject::Scene | Subject::File(_) | Subject::Process { .. } => None,
        }
    }

    /// What it is called in a report, e.g. `主/p1`.
    pub fn name<'a>(&'a self, scene: &'a Scene) -> Cow<'a, str> {
        match self {
            Subject::Scene => Cow::from(&scene.title),
            Subject::Terminal(terminal) => Cow::from(&scene.terminals[*terminal].name),
            Subject::Lane(lane) => Cow::from(scene.lane_name(*lane)),
            Subject::File(path) => Cow::from(path),
            Subject::Process { command, .. } => Cow::from(command),
        }
    }
}

#[cfg(test)]
mod tests {
    use course::script::parse;

    use super::*;

    #[test]
    fn every_subject_has_a_name_and_some_have_a_terminal() {
        let text = "场景 试\n主 $ lesson-x\n客 $ lesson-y\n客 | 一\n客/p1 进程 | 二\n";
        let scene = parse(text).unwrap().scenes.remove(0);
        let lane = |name: &str| {
            let mut lanes = 0..scene.lanes.len();
            Subject::Lane(lanes.find(|lane| scene.lane_name(*lane) == name).unwrap())
        };
        let process = Subject::Process { pid: 7, command: "sleep 1/2".into() };
        for (subject, name, terminal) in [
            (Subject::Scene, "试", None),
            (Subject::Terminal(0), "主", Some(0)),
            (lane("客"), "客", Some(1)),
            (lane("客/p1"), "客/p1", Some(1)),
            (Subject::File("客/a".into()), "客/a", None),
            (process, "sleep 1/2", None),
        ] {
            assert_eq!((subject.name(&scene).as_ref(), subject.terminal(&scene)), (name, terminal));
        }
    }
}
