//! A scene in which nothing shows for some time: what its script waits for, and until when.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use course::catalog::Part;
use course::script::{Action, Scene};
use events::{Event, Kind};
use judge::waiting_in_words;
use text::harmless;

use super::{FAINT, paint};

/// After so long it is said once what is waited for.
const LONG: Duration = Duration::from_secs(5);

/// Watches a scene, and speaks when it has become silent.
#[derive(Debug)]
pub struct Silence<'a> {
    part: &'a Part,
    /// How long the scene may take.
    limit: Duration,
    state: Mutex<State>,
    over: Condvar,
}

#[derive(Debug)]
struct State {
    so_far: SoFar,
    began: Instant,
    /// When something was last seen.
    last: Instant,
    told: bool,
    over: bool,
}

impl<'a> Silence<'a> {
    /// For a scene that begins now.
    pub fn new(part: &'a Part, limit: Duration) -> Silence<'a> {
        let (began, so_far) = (Instant::now(), SoFar::new(&part.scene));
        let state = State { so_far, began, last: began, told: false, over: false };
        Silence { part, limit, state: Mutex::new(state), over: Condvar::new() }
    }

    /// Something happened.
    pub fn saw(&self, event: &Event) {
        if matches!(event.kind, Kind::Traced { .. }) {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.so_far.note(&event.kind);
        (state.last, state.told) = (Instant::now(), false);
    }

    /// The scene is over.
    pub fn end(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).over = true;
        self.over.notify_all();
    }

    /// Until it is over: says what is waited for, once in each silence.
    pub fn watch(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.over {
            let silent = state.last.elapsed();
            if silent >= LONG && !state.told {
                state.told = true;
                self.tell(&state, silent);
            }
            let rest = LONG.saturating_sub(silent);
            let wait = if state.told || rest.is_zero() { LONG } else { rest };
            let waited = self.over.wait_timeout(state, wait);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn tell(&self, state: &State, silent: Duration) {
        use std::io::Write;

        let left = self.limit.saturating_sub(state.began.elapsed());
        let what = state.so_far.in_words(self.part);
        let text = format!(
            "……{} 秒没有动静：{what}；大约再等 {} 秒就不等了",
            silent.as_secs(),
            left.as_secs_f64().ceil()
        );
        // whoever closed standard output is told so elsewhere
        let _ = writeln!(anstream::stdout(), "{}", paint(FAINT, &text));
    }
}

/// What is known of how far the script has come.
#[derive(Debug, Default)]
struct SoFar {
    terminals: Vec<Terminal>,
}

#[derive(Debug, Default, Clone)]
struct Terminal {
    started: bool,
    listens: bool,
    connected: bool,
    typed: usize,
    closed: bool,
    stopped: bool,
    ended: bool,
}

impl SoFar {
    fn new(scene: &Scene) -> SoFar {
        SoFar { terminals: vec![Terminal::default(); scene.terminals.len()] }
    }

    fn note(&mut self, kind: &Kind) {
        let (terminal, set): (usize, fn(&mut Terminal)) = match kind {
            Kind::Started { terminal, .. } => (*terminal, |one| one.started = true),
            Kind::Listening { terminal, .. } => (*terminal, |one| one.listens = true),
            Kind::Connected { terminal, .. } => (*terminal, |one| one.connected = true),
            Kind::Typed { terminal, text: Some(_) } => (*terminal, |one| one.typed += 1),
            Kind::Typed { terminal, text: None } => (*terminal, |one| one.closed = true),
            Kind::Stopped { terminal, .. } => (*terminal, |one| one.stopped = true),
            Kind::Exited { terminal, .. } => (*terminal, |one| one.ended = true),
            _ => return,
        };
        if let Some(one) = self.terminals.get_mut(terminal) {
            set(one);
        }
    }

    /// The direction that is waited for: an index into the scene's; `Err`: this one, or what comes after it; `None`: all are
    /// done.
    fn waits_for(&self, scene: &Scene) -> Option<Result<usize, usize>> {
        let done: Vec<Option<bool>> =
            (0..scene.directions.len()).map(|at| self.done(scene, at)).collect();
        // what was done was done after everything before it
        let from = done.iter().rposition(|done| *done == Some(true)).map_or(0, |last| last + 1);
        let next = (from..done.len()).find(|at| done[*at] != Some(true))?;
        // whether the lines have come that it waits for is not seen here, but that the next step was not taken
        let sure =
            done[next].is_some() || done.get(next + 1).is_some_and(|_| acts(scene, next + 1));
        Some(if sure { Ok(next) } else { Err(next) })
    }

    /// Whether a direction was carried out; `None`: that does not show.
    fn done(&self, scene: &Scene, at: usize) -> Option<bool> {
        let direction = &scene.directions[at];
        let one = &self.terminals[direction.terminal];
        Some(match &direction.action {
            Action::Start { .. } => one.started,
            Action::Listen(_) => one.listens,
            Action::Connect(_) => one.connected,
            Action::Type(_) => {
                let before = scene.directions[..at].iter().filter(|other| {
                    other.terminal == direction.terminal && matches!(other.action, Action::Type(_))
                });
                one.typed > before.count()
            }
            Action::CloseInput => one.closed,
            Action::End(_) => one.ended,
            Action::Stop(_) => one.stopped || one.ended,
            Action::Await | Action::Settle | Action::Finish => return one.ended.then_some(true),
        })
    }

    fn in_words(&self, part: &Part) -> String {
        let scene = &part.scene;
        let running = |index: &usize| {
            let one = &self.terminals[*index];
            one.started && !one.ended
        };
        let running: Vec<String> = (0..self.terminals.len())
            .filter(running)
            .map(|index| harmless(&scene.terminals[index].name))
            .collect();
        let running = match running.is_empty() {
            true => "没有程序在运行".to_owned(),
            false => format!("还在运行的：{}", running.join("、")),
        };
        let step = |at: usize| {
            let line = scene.directions[at].line;
            let text = part.source.get(line.saturating_sub(1)).map_or("", |text| text.trim());
            format!("第 {line} 行「{}」", harmless(text))
        };
        let script = match self.waits_for(scene) {
            Some(Ok(at)) => {
                let words = waiting_in_words(Some(&scene.directions[at].action));
                format!("剧本到了{}，{words}", step(at))
            }
            Some(Err(at)) => format!("剧本到了{}或者它后面的一步", step(at)),
            None => format!("剧本{}", waiting_in_words(None)),
        };
        format!("{script}；{running}")
    }
}

/// It is carried out as soon as its turn has come.
fn acts(scene: &Scene, at: usize) -> bool {
    matches!(
        scene.directions[at].action,
        Action::Start { .. } | Action::Type(_) | Action::CloseInput
    )
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use course::script::parse;
    use events::Exit;

    use super::*;

    fn part(text: &str) -> Part {
        let script = parse(text).unwrap();
        let scene = script.scenes[0].clone();
        let script_path = PathBuf::from("script.txt");
        Part { lesson: "98".into(), script: script_path, source: Arc::new(script.source), scene }
    }

    fn told(text: &str, kinds: &[Kind]) -> String {
        let part = part(text);
        let mut so_far = SoFar::new(&part.scene);
        kinds.iter().for_each(|kind| so_far.note(kind));
        so_far.in_words(&part)
    }

    fn started(terminal: usize) -> Kind {
        Kind::Started { terminal, pid: 10, parent: 1 }
    }

    #[test]
    fn a_silence_is_told_with_the_step_that_is_waited_for() {
        let script =
            "场景 试\n服务器端 $ lesson-s\n客户端 $ lesson-c\n客户端 结束\n服务器端 停止\n";
        let both = vec![started(0), started(1)];
        assert_eq!(
            told(script, &both),
            "剧本到了第 4 行「客户端 结束」，在等它结束；还在运行的：服务器端、客户端"
        );
        let ended = Kind::Exited { terminal: 1, exit: Exit::Code(0) };
        let later = [both, vec![ended]].concat();
        assert_eq!(
            told(script, &later),
            "剧本到了第 5 行「服务器端 停止」，在等它印出上面的行，然后停止它；还在运行的：服务器端"
        );
        let killed = Kind::Exited { terminal: 0, exit: Exit::Signal(2) };
        let over = [later, vec![killed]].concat();
        assert_eq!(told(script, &over), "剧本在等所有程序结束；没有程序在运行");
    }

    #[test]
    fn what_does_not_show_is_not_claimed() {
        let script = "场景 试\n主 $ lesson-s\n主 ! 好\n主 等待\n";
        // nothing is done after it before its lines have come
        let typed = format!("{script}主 < 一行\n主 结束\n");
        let sure = "剧本到了第 4 行「主 等待」，在等它印出上面的行；还在运行的：主";
        assert_eq!(told(&typed, &[started(0)]), sure);
        // the end may be what is waited for
        let ends = format!("{script}主 结束\n");
        let unsure = "剧本到了第 4 行「主 等待」或者它后面的一步；还在运行的：主";
        assert_eq!(told(&ends, &[started(0)]), unsure);
    }
}
