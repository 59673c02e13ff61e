//! A scene in which nothing shows for some time: what its script waits for, and until when.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use course::catalog::Part;
use course::script::{Action, Direction, Scene};
use events::{Event, Kind};
use judge::waiting_in_words;
use text::harmless;

use super::{FAINT, paint};

/// After so long it is said once what is waited for.
const LONG: Duration = Duration::from_secs(5);

/// So many bytes a pipe takes at least, before somebody reads from it: a page (pipe(7)).
const ROOM: usize = 4096;

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
        state.so_far.note(&self.part.scene, &event.kind);
        (state.last, state.told) = (Instant::now(), false);
    }

    /// Does this while it watches.
    pub fn during<T>(&self, what: impl FnOnce() -> T) -> T {
        thread::scope(|scope| {
            scope.spawn(|| self.watch());
            // also where it panics: the watch would go on, and the scope waits for it
            let _end = End(self);
            what()
        })
    }

    /// The scene is over.
    fn end(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).over = true;
        self.over.notify_all();
    }

    /// Until it is over: says what is waited for, once in each silence.
    fn watch(&self) {
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

/// Ends the watch.
struct End<'a>(&'a Silence<'a>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// What is known of how far the script has come.
#[derive(Debug, Default)]
struct SoFar {
    /// What comes before this direction is done: each step that shows, is shown when its turn has come.
    next: usize,
    /// Whether each program runs.
    running: Vec<bool>,
}

/// Whether the runner goes on from a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// At once.
    Passes,
    /// It waits.
    Waits,
    /// Nothing that shows here says so.
    Unknown,
}

impl SoFar {
    fn new(scene: &Scene) -> SoFar {
        SoFar { next: 0, running: vec![false; scene.terminals.len()] }
    }

    fn note(&mut self, scene: &Scene, kind: &Kind) {
        let (terminal, is_it): (usize, fn(&Action) -> bool) = match kind {
            Kind::Exited { terminal, .. } => {
                self.set_running(*terminal, false);
                return;
            }
            Kind::Started { terminal, .. } => {
                self.set_running(*terminal, true);
                (*terminal, |action| matches!(action, Action::Start { .. }))
            }
            Kind::CannotStart { terminal, .. } => {
                (*terminal, |action| matches!(action, Action::Start { .. }))
            }
            Kind::Listening { terminal, .. } => {
                (*terminal, |action| matches!(action, Action::Listen(_)))
            }
            Kind::Connected { terminal, .. } => {
                (*terminal, |action| matches!(action, Action::Connect(_)))
            }
            Kind::Typed { terminal, text: Some(_) } => {
                (*terminal, |action| matches!(action, Action::Type(_)))
            }
            Kind::Typed { terminal, text: None } => {
                (*terminal, |action| matches!(action, Action::CloseInput))
            }
            Kind::Stopped { terminal, .. } => {
                (*terminal, |action| matches!(action, Action::Stop(_)))
            }
            _ => return,
        };
        let mut rest = scene.directions.iter().skip(self.next);
        let is_it = |one: &Direction| one.terminal == terminal && is_it(&one.action);
        if let Some(at) = rest.position(is_it) {
            self.next += at + 1;
        }
    }

    fn set_running(&mut self, terminal: usize, runs: bool) {
        if let Some(one) = self.running.get_mut(terminal) {
            *one = runs;
        }
    }

    /// The direction that is waited for: an index into the scene's; `Err`: this one, or what comes after it; `None`: all are
    /// done.
    fn waits_for(&self, scene: &Scene) -> Option<Result<usize, usize>> {
        let is_open = |at: &usize| self.turn(scene, *at) != Turn::Passes;
        let mut open = (self.next..scene.directions.len()).filter(is_open);
        let next = open.next()?;
        // the lines that it may wait for are not seen here, but that what is done at once after it was not done
        let sure = match self.turn(scene, next) {
            Turn::Waits => true,
            _ => {
                let waits_itself = !is_done_at_once(scene, next);
                waits_itself && open.next().is_some_and(|then| is_done_at_once(scene, then))
            }
        };
        Some(if sure { Ok(next) } else { Err(next) })
    }

    /// What comes of a direction that no event has shown as done, when its turn has come.
    fn turn(&self, scene: &Scene, at: usize) -> Turn {
        let direction = &scene.directions[at];
        let runs = self.running[direction.terminal];
        match &direction.action {
            Action::Start { .. } if is_done_at_once(scene, at) => Turn::Unknown,
            Action::Start { .. } => Turn::Waits,
            Action::CloseInput | Action::Finish => Turn::Unknown,
            // who has ended, or never began, is not waited for
            _ if !runs => Turn::Passes,
            Action::Listen(_) | Action::Connect(_) | Action::End(_) | Action::Stop(_) => {
                Turn::Waits
            }
            Action::Type(_) if is_done_at_once(scene, at) => Turn::Unknown,
            Action::Type(_) => Turn::Waits,
            Action::Await | Action::Settle => Turn::Unknown,
        }
    }

    fn in_words(&self, part: &Part) -> String {
        let scene = &part.scene;
        let running: Vec<String> = (0..self.running.len())
            .filter(|index| self.running[*index])
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
                let words = match &scene.directions[at].action {
                    // whether it listens does not show before its lines have come, too
                    Action::Listen(_) => "在等它监听（或者在等它上面的行）",
                    action => waiting_in_words(Some(action)),
                };
                format!("剧本到了{}，{words}", step(at))
            }
            Some(Err(at)) => format!("剧本到了{}或者它后面的一步", step(at)),
            None => format!("剧本{}", waiting_in_words(None)),
        };
        format!("{script}；{running}")
    }
}

/// It is carried out, and shows, as soon as its turn has come.
fn is_done_at_once(scene: &Scene, at: usize) -> bool {
    let direction = &scene.directions[at];
    match &direction.action {
        // a name in them is waited for
        Action::Start { args, .. } => args.iter().all(|arg| arg.names().next().is_none()),
        // what is typed has room, as long as it is little
        Action::Type(_) => {
            let typed = scene.directions[..=at].iter().map(|one| match &one.action {
                Action::Type(text) if one.terminal == direction.terminal => text.len() + 1,
                _ => 0,
            });
            typed.sum::<usize>() <= ROOM
        }
        Action::CloseInput => true,
        _ => false,
    }
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
        Part {
            lesson: "98".into(),
            exercise: None,
            script: script_path,
            source: Arc::new(script.source),
            scene,
        }
    }

    fn told(text: &str, kinds: &[Kind]) -> String {
        let part = part(text);
        let mut so_far = SoFar::new(&part.scene);
        kinds.iter().for_each(|kind| so_far.note(&part.scene, kind));
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

    fn exited(terminal: usize) -> Kind {
        Kind::Exited { terminal, exit: Exit::Code(0) }
    }

    fn listening(terminal: usize) -> Kind {
        Kind::Listening { terminal, addr: "127.0.0.1:9999".parse().unwrap() }
    }

    fn typed(terminal: usize) -> Kind {
        Kind::Typed { terminal, text: Some("一".into()) }
    }

    #[test]
    fn a_server_that_does_not_listen_is_not_said_to_listen() {
        let script = "场景 试\n主 $ lesson-s\n主 ! 好\n主 监听 127.0.0.1:9999\n主 停止\n";
        let waits = "剧本到了第 4 行「主 监听 127.0.0.1:9999」，在等它监听（或者在等它上面的行）；还在运行的：主";
        assert_eq!(told(script, &[started(0)]), waits);
    }

    #[test]
    fn the_earlier_step_is_waited_for_when_another_program_has_ended() {
        let script =
            "场景 试\n服务器端 $ lesson-s\n客户端 $ lesson-c\n客户端 结束\n服务器端 结束\n";
        let said = told(script, &[started(0), started(1), exited(0)]);
        assert_eq!(said, "剧本到了第 4 行「客户端 结束」，在等它结束；还在运行的：客户端");
    }

    #[test]
    fn nobody_waits_for_what_an_ended_program_does_not_do() {
        let script = "场景 试\n甲 $ lesson-s\n乙 $ lesson-c\n甲 监听 127.0.0.1:9999\n甲 连接 127.0.0.1:8888\n甲 < 一\n乙 结束\n甲 结束\n";
        let said = told(script, &[started(0), started(1), exited(0)]);
        assert_eq!(said, "剧本到了第 7 行「乙 结束」，在等它结束；还在运行的：乙");
        let all = told(script, &[started(0), started(1), exited(0), exited(1)]);
        assert_eq!(all, "剧本在等所有程序结束；没有程序在运行");
    }

    #[test]
    fn each_listening_step_is_one() {
        let script =
            "场景 试\n主 $ lesson-s\n主 监听 127.0.0.1:9999\n主 监听 127.0.0.1:9998\n主 停止\n";
        let said = told(script, &[started(0), listening(0)]);
        assert!(
            said.starts_with("剧本到了第 4 行「主 监听 127.0.0.1:9998」，在等它监听"),
            "{said}"
        );
        let both = told(script, &[started(0), listening(0), listening(0)]);
        assert!(both.starts_with("剧本到了第 5 行「主 停止」"), "{both}");
    }

    #[test]
    fn a_program_that_could_not_be_started_has_had_its_turn() {
        let script =
            "场景 试\n甲 $ lesson-s\n甲 | 端口<端口>\n乙 $ lesson-c <端口>\n甲 结束\n乙 结束\n";
        let wants = told(script, &[started(0)]);
        let start = "剧本到了第 4 行「乙 $ lesson-c <端口>」，在等参数里的名字出现；还在运行的：甲";
        assert_eq!(wants, start);
        let cannot = Kind::CannotStart { terminal: 1, why: "没有".into() };
        let said = told(script, &[started(0), cannot.clone()]);
        assert_eq!(said, "剧本到了第 5 行「甲 结束」，在等它结束；还在运行的：甲");
        // nobody waits for the end of what never began
        let over = told(script, &[started(0), cannot, exited(0)]);
        assert_eq!(over, "剧本在等所有程序结束；没有程序在运行");
    }

    #[test]
    fn what_waits_too_does_not_show_that_the_step_before_it_waits() {
        let script = "场景 试\n甲 $ lesson-s\n乙 $ lesson-c\n甲 | 端口<端口>\n甲 等待\n乙 < 一\n";
        let both = [started(0), started(1)];
        let typed_next = told(script, &both);
        assert!(
            typed_next.starts_with("剧本到了第 5 行「甲 等待」，在等它印出上面的行"),
            "{typed_next}"
        );
        // to one that has ended nothing is typed: what does not show may be done
        let gone = told(script, &[&both[..], &[exited(1)]].concat());
        assert!(gone.starts_with("剧本到了第 5 行「甲 等待」或者它后面的一步"), "{gone}");
        let over = told(script, &[&both[..], &[typed(1)]].concat());
        assert!(over.starts_with("剧本在等所有程序结束；"), "{over}");
        let starts = "场景 试\n甲 $ lesson-s\n甲 | 端口<端口>\n甲 等待\n乙 $ lesson-c <端口>\n";
        let named = told(starts, &[started(0)]);
        assert!(named.starts_with("剧本到了第 4 行「甲 等待」或者它后面的一步"), "{named}");
    }

    #[test]
    fn whoever_panics_is_not_waited_for() {
        let part = part("场景 试\n主 $ lesson-s\n");
        let (tell, told) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let silence = Silence::new(&part, Duration::from_secs(60));
            let panics = || silence.during(|| std::panic::panic_any("this test's own panic"));
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics));
            tell.send(caught.is_err())
        });
        assert_eq!(told.recv_timeout(Duration::from_secs(30)), Ok(true), "it hangs");
    }
}
