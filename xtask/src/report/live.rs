//! A scene while it plays: every line with the name of the terminal that printed it.

use std::io::{self, Write};

use course::catalog::{Part, Trouble};
use course::script::{Action, Scene};
use diagnose::{Cause, tell};
use events::{Event, Exit, Kind, Line, StopSignal, Stream};
use judge::Verdict;
use text::{harmless, pad, thousands, width};

use super::{BAD, FAINT, STRONG, TERMINALS, human, paint};

/// From how many equal lines at once they are shown as one.
const FOLD_FROM: u64 = 20;

/// Instead of a lesson, or of some of its scenes: what is wrong with it.
///
/// # Errors
/// Standard output is closed.
pub fn trouble(trouble: &Trouble) -> io::Result<()> {
    let what = format!("没有演{}：{trouble}", human::of_lesson(&trouble.lesson));
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
}

impl<'a> Live<'a> {
    /// For this scene.
    pub fn new(scene: &'a Scene) -> Live<'a> {
        let names = scene.terminals.iter().map(|terminal| width(&terminal.name));
        Live { scene, margin: names.max().unwrap_or(0), folded: None }
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
        match &event.kind {
            Kind::Line(line) => return self.line(line),
            // between equal lines there are many
            Kind::Traced { .. } => return Ok(()),
            _ => {}
        }
        self.unfold()?;
        match &event.kind {
            Kind::Started { terminal, .. } => self.print(*terminal, "$", &self.command(*terminal)),
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
            if same && folded.stream == line.stream {
                *hidden += line.count;
                return Ok(());
            }
            self.unfold()?;
        }
        let mark = if line.stream == Stream::Out { "|" } else { "!" };
        let text = harmless(&line.text);
        if line.count < FOLD_FROM {
            for _ in 0..line.count {
                self.print(line.terminal, mark, &text)?;
            }
            return Ok(());
        }
        self.print(line.terminal, mark, &text)?;
        self.folded = Some((line.clone(), line.count - 1));
        Ok(())
    }

    /// Says how many equal lines were not shown.
    fn unfold(&mut self) -> io::Result<()> {
        let Some((line, hidden)) = self.folded.take() else { return Ok(()) };
        let note = format!("……同样的行还有 {} 行", thousands(hidden));
        self.print(line.terminal, " ", &paint(FAINT, &note))
    }

    fn print(&self, terminal: usize, mark: &str, text: &str) -> io::Result<()> {
        let name = pad(&self.scene.terminals[terminal].name, self.margin);
        let style = TERMINALS[terminal % TERMINALS.len()];
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
