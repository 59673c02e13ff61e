//! A scene while it plays: every line with the name of the terminal that printed it.

use std::io::{self, Write};

use cast::{Role, Speakers};
use course::catalog::{Part, Trouble};
use course::script::{Action, Scene};
use diagnose::{Cause, tell};
use events::{Event, Exit, Kind, Line, StopSignal, Stream};
use judge::Verdict;
use text::{harmless, pad, thousands, width};

use super::{BAD, FAINT, STRONG, TERMINALS, full, paint};

/// From how many equal lines at once they are shown as one.
const FOLD_FROM: u64 = 20;

/// Instead of a lesson, or of some of its scenes: what is wrong with it.
///
/// # Errors
/// Standard output is closed.
pub fn trouble(trouble: &Trouble) -> io::Result<()> {
    let what = format!("没有演{}：{trouble}", full::of_lesson(&trouble.lesson));
    writeln!(anstream::stdout(), "{}\n", paint(BAD, &what))
}

/// Prints a scene as it happens.
#[derive(Debug)]
pub struct Live<'a> {
    scene: &'a Scene,
    /// Cells of the widest terminal name.
    margin: usize,
    /// The line that is being folded, and how many copies were not shown.
    folded: Option<(Line, u64)>,
    /// Who has printed.
    speakers: Speakers,
}

impl<'a> Live<'a> {
    /// For this scene.
    pub fn new(scene: &'a Scene) -> Live<'a> {
        let names = scene.terminals.iter().map(|terminal| width(&terminal.name));
        let lanes = scene.lanes.iter().filter_map(|lane| {
            let terminal = &scene.terminals[lane.terminal].name;
            Some(width(&format!("{terminal}/{}", lane.name.as_ref()?)))
        });
        let margin = names.chain(lanes).max().unwrap_or(0);
        Live { scene, margin, folded: None, speakers: Speakers::default() }
    }

    /// The heading.
    ///
    /// # Errors
    /// Standard output is closed; the same for all that follow.
    pub fn begin(&self, part: &Part) -> io::Result<()> {
        let heading = format!("=== 第 {} 课 · {} ===", part.lesson, self.scene.title);
        writeln!(anstream::stdout(), "{}", paint(STRONG, &heading))
    }

    /// One event.
    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        self.speakers.follow(event);
        match &event.kind {
            Kind::Line(line) => return self.line(line),
            // between equal lines there are many
            Kind::Traced { .. } => return Ok(()),
            _ => {}
        }
        self.unfold()?;
        match &event.kind {
            Kind::Started { terminal, .. } => self.print(*terminal, "$", &self.command(*terminal)),
            Kind::Asks { direction } => self.ask(*direction),
            Kind::CannotStart { terminal, why } => {
                self.print(*terminal, "*", &format!("启动不了：{why}"))
            }
            Kind::Typed { terminal, text: Some(text) } => self.print(*terminal, "<", text),
            Kind::Typed { terminal, text: None } => self.print(*terminal, "*", "输入完"),
            Kind::Stopped { terminal, signal } => {
                let how = match signal {
                    StopSignal::Int => "按下 Ctrl-C（SIGINT）",
                    StopSignal::Term => "收到 kill（SIGTERM）",
                    StopSignal::Kill => "收到 kill -9（SIGKILL）",
                };
                self.print(*terminal, "*", how)
            }
            Kind::Exited { terminal, exit } => {
                let how = match exit {
                    Exit::Code(0) => "结束".to_owned(),
                    exit => format!("结束：{exit}"),
                };
                self.print(*terminal, "*", &how)
            }
            Kind::OutOfTime { waited, .. } => {
                let time = waited.unwrap_or(self.scene.limit).as_secs();
                let text = format!("{time} 秒到了还没有结束，全部终止");
                writeln!(anstream::stdout(), "{}", paint(BAD, &text))
            }
            Kind::Stuck { .. } => {
                let text = "谁也不再往下走，全部结束";
                writeln!(anstream::stdout(), "{}", paint(BAD, text))
            }
            Kind::Computing { terminal, .. } => self.print(*terminal, "*", "一直在计算，全部结束"),
            _ => Ok(()),
        }
    }

    /// What the program of a terminal was started with.
    fn command(&self, terminal: usize) -> String {
        let start = self.scene.directions.iter().find(|direction| {
            direction.terminal == terminal && matches!(direction.action, Action::Start { .. })
        });
        let Some(Action::Start { package, args }) = start.map(|direction| &direction.action) else {
            return String::new();
        };
        args.iter().fold(package.clone(), |line, arg| {
            let arg = arg.render(None, &Default::default());
            let quoted = if arg.contains(' ') { format!("「{arg}」") } else { arg };
            line + " " + &quoted
        })
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        if let Some((folded, hidden)) = &mut self.folded {
            let same = folded.text == line.text && folded.terminal == line.terminal;
            if same && folded.stream == line.stream && folded.source == line.source {
                *hidden += line.count;
                return Ok(());
            }
            self.unfold()?;
        }
        let mark = if line.stream == Stream::Out { "|" } else { "!" };
        let who = self.speakers.of(self.scene, line);
        if let Some((speaker, true)) = who {
            self.introduce(speaker)?;
        }
        let who = who.map(|(speaker, _)| speaker);
        let text = harmless(&line.text);
        let shown = if line.count < FOLD_FROM { line.count } else { 1 };
        for _ in 0..shown {
            self.print_of(line.terminal, who, mark, &text)?;
        }
        if shown < line.count {
            self.folded = Some((line.clone(), line.count - shown));
        }
        Ok(())
    }

    /// Says how many equal lines were not shown.
    fn unfold(&mut self) -> io::Result<()> {
        let Some((line, hidden)) = self.folded.take() else { return Ok(()) };
        let note = format!("……同样的行还有 {} 行", thousands(hidden));
        let who = self.speakers.of(self.scene, &line).map(|(speaker, _)| speaker);
        self.print_of(line.terminal, who, " ", &paint(FAINT, &note))
    }

    /// Which process or thread it is that prints its first line.
    fn introduce(&self, speaker: usize) -> io::Result<()> {
        let who = self.speakers.get(speaker);
        let what = match who.role {
            Role::Program => return Ok(()),
            Role::Process => format!("这是进程 {}", who.pid),
            Role::Thread => format!("这是进程 {} 的线程 {}", who.pid, who.tid),
        };
        self.print_of(who.terminal, Some(speaker), "*", &paint(FAINT, &what))
    }

    /// What comes next when somebody presses the key.
    fn ask(&self, direction: usize) -> io::Result<()> {
        let direction = &self.scene.directions[direction];
        let what = match &direction.action {
            Action::Start { .. } => format!("$ {}", self.command(direction.terminal)),
            Action::Type(text) => format!("< {}", harmless(text)),
            Action::CloseInput => "输入完".to_owned(),
            _ => "停止".to_owned(),
        };
        let name = &self.scene.terminals[direction.terminal].name;
        writeln!(anstream::stdout(), "{}", paint(STRONG, &format!("[按回车] {name} {what}")))
    }

    fn print(&self, terminal: usize, mark: &str, text: &str) -> io::Result<()> {
        self.print_of(terminal, None, mark, text)
    }

    /// A line of a terminal, and of one of those who print there.
    fn print_of(
        &self,
        terminal: usize,
        speaker: Option<usize>,
        mark: &str,
        text: &str,
    ) -> io::Result<()> {
        let mut name = self.scene.terminals[terminal].name.clone();
        let mut style = terminal;
        let lane = speaker.and_then(|one| Some((one, self.speakers.get(one).name.as_ref()?)));
        if let Some((speaker, lane)) = lane {
            name += &format!("/{lane}");
            style = self.scene.terminals.len() + speaker;
        }
        let style = TERMINALS[style % TERMINALS.len()];
        let name = pad(&name, self.margin);
        writeln!(anstream::stdout(), "{} {text}", paint(style, &format!("{name} {mark}")))
    }

    /// The end: files that were written, and whether all went as the script says.
    pub fn end(
        &mut self,
        part: &Part,
        events: &[Event],
        verdict: &Verdict,
        causes: &[Cause],
    ) -> io::Result<()> {
        self.unfold()?;
        let mut out = anstream::stdout();
        let mut files: Vec<_> = events.iter().filter_map(new_file).collect();
        files.sort();
        for (path, bytes) in files {
            writeln!(out, "写出文件 {path}，{} 字节", thousands(bytes))?;
        }
        for failure in &verdict.failures {
            let text =
                format!("{}（{}:{}）", failure.rule.title(), part.script.display(), failure.line);
            writeln!(out, "{}", paint(BAD, &format!("和剧本不一样：{text}")))?;
        }
        for of_one in causes.chunk_by(|one, next| one.about == next.about) {
            for line in tell(&of_one.iter().collect::<Vec<_>>()) {
                writeln!(out, "{}", harmless(&line))?;
            }
        }
        if !verdict.passed() {
            writeln!(out, "详细的比较：cargo xtask check {}", part.lesson)?;
        }
        writeln!(out)
    }

    /// Instead of the scene: why it cannot be played here.
    pub fn not_played(&self, why: &str) -> io::Result<()> {
        writeln!(anstream::stdout(), "没有演：{why}\n")
    }

    /// Ctrl-C.
    pub fn interrupted(&mut self) -> io::Result<()> {
        self.unfold()?;
        writeln!(anstream::stdout(), "已中断：所有程序都已结束")
    }
}

fn new_file(event: &Event) -> Option<(&str, u64)> {
    let Kind::NewFile { path, bytes } = &event.kind else { return None };
    Some((path, *bytes))
}
