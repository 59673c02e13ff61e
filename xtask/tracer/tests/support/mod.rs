//! Traces acts of `examples/acts` and collects all that is told.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use events::TraceEvent;
use events::{Clock, Exit, Waiting};
use tracer::{News, Refused, Tracer};

/// Virtual time in the plainest order.
pub const VIRTUAL: Clock = Clock::Virtual { seed: 0 };

/// Whatever is traced has ended by then, also on a busy machine; only a hang takes longer.
const PATIENCE: Duration = Duration::from_secs(600);

/// The program with the acts. `cargo test --test` alone does not build examples.
#[allow(dead_code, reason = "not every file of tests traces acts")]
pub static ACTS: LazyLock<PathBuf> = LazyLock::new(|| {
    once_in_a_run("acts", || {
        let example = ["build", "--quiet", "--package", "tracer", "--example", "acts"];
        let status = Command::new(env!("CARGO")).args(example).status().unwrap();
        assert!(status.success());
    });
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().join("examples/acts")
});

/// cargo-nextest gives every test a process of its own; what is built for all of them is built by the first.
#[allow(dead_code, reason = "not every file of tests traces acts")]
fn once_in_a_run(name: &str, build: impl FnOnce()) {
    let marker = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name} built"));
    let run = std::env::var("NEXTEST_RUN_ID").ok();
    if run.is_some() && std::fs::read_to_string(&marker).ok() == run {
        return;
    }
    build();
    if let Some(run) = run {
        std::fs::write(marker, run).unwrap();
    }
}

/// So much processor time without a call is for ever: nothing that ends needs so much here.
const COMPUTING: Duration = Duration::from_secs(3);

/// What was told of a program.
#[derive(Debug, Default)]
pub struct Told {
    pub events: Vec<TraceEvent>,
    /// Standard output and standard error, in the order in which they were written.
    pub output: Vec<u8>,
    /// How the program itself ended.
    pub ended: Option<Exit>,
    /// Others that ended as children of this process.
    pub inherited: usize,
    pub stuck: Option<Vec<Waiting>>,
    pub computing: bool,
    /// The call that it made again and again.
    pub repeats: Option<String>,
    pub refused: Option<Refused>,
    /// Time on the clock of the programs, and on ours.
    pub virtual_time: Duration,
    pub real_time: Duration,
    pub unattributed: u64,
}

impl Told {
    #[allow(dead_code, reason = "not every file of tests looks at what is printed")]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }
}

/// Traces an act to its end.
#[allow(dead_code, reason = "not every file of tests traces acts")]
pub fn act(clock: Clock, args: &[&str]) -> Told {
    let mut command = Command::new(&*ACTS);
    command.args(args);
    follow(clock, command, None)
}

/// Traces `command` to its end; `input` is typed into it. What does not end is ended.
#[allow(dead_code, reason = "not every file of tests traces other programs")]
pub fn follow(clock: Clock, command: Command, input: Option<&str>) -> Told {
    follow_with(clock, command, input, |_| {})
}

/// The same, with a tracer that is prepared first.
pub fn follow_with(
    clock: Clock,
    command: Command,
    input: Option<&str>,
    prepare: impl FnOnce(&mut Tracer),
) -> Told {
    let mut tracer = Tracer::new(clock).unwrap();
    tracer.limit_computing(COMPUTING);
    prepare(&mut tracer);
    let began = Instant::now();
    let started = tracer.start(command, 0, input.is_some()).unwrap();
    if let Some(input) = input {
        let mut writer = std::fs::File::from(started.input.unwrap());
        writer.write_all(input.as_bytes()).unwrap();
    }
    let mut told = Told::default();
    while !tracer.is_over() {
        assert!(began.elapsed() < PATIENCE, "hangs: {told:#?}");
        match tracer.advance(Duration::from_millis(100)).unwrap() {
            Some(News::Event { event, .. }) => told.events.push(event),
            Some(News::Output { bytes, .. }) => told.output.extend(bytes),
            Some(News::Ended { pid, exit: ended, .. }) if pid == started.pid => {
                told.ended = Some(ended);
                told.virtual_time = tracer.now();
            }
            Some(News::Ended { .. }) => told.inherited += 1,
            Some(News::Stuck(waiting) | News::Idle { waiting, for_ever: true }) => {
                told.stuck = Some(waiting);
                end(started.pid, &mut tracer);
            }
            Some(News::Computing { repeats, .. }) => {
                told.computing = true;
                told.repeats = repeats;
                end(started.pid, &mut tracer);
            }
            Some(News::Refused { refused, .. }) => {
                told.refused = Some(refused);
                end(started.pid, &mut tracer);
            }
            Some(News::Idle { .. } | News::Rests { .. }) | None => {}
        }
    }
    told.real_time = began.elapsed();
    told.unattributed = tracer.unattributed();
    told
}

/// So many seconds on the clock of the program cost nothing: they are far more than [`follow`] waits for a program that hangs.
#[allow(dead_code, reason = "not every file of tests sleeps")]
pub fn assert_costs_nothing(told: &Told, slept: u64) {
    let slept = Duration::from_secs(slept);
    assert!(slept > 10 * PATIENCE, "too short to tell");
    assert!(told.virtual_time >= slept, "{:?}", told.virtual_time);
    assert!(told.real_time < slept / 10, "{:?}", told.real_time);
}

/// On the busiest machine nothing is later than this.
#[allow(dead_code, reason = "not every file of tests looks at real time")]
const LATEST: u64 = 6000;

/// The same text, but for its times (words like `@15`, tenths of a second or longer units): they may be late, never early.
#[allow(dead_code, reason = "not every file of tests looks at real time")]
pub fn assert_same_but_late(actual: &str, expected: &str) {
    let time = |word: &str| word.strip_prefix('@').and_then(|time| time.parse::<u64>().ok());
    let same = |(actual, expected): (&str, &str)| match (time(actual), time(expected)) {
        (Some(actual), Some(expected)) => (expected..expected + LATEST).contains(&actual),
        _ => actual == expected,
    };
    let words = |text: &str| text.split([' ', '\n']).count();
    let mut pairs = actual.split([' ', '\n']).zip(expected.split([' ', '\n']));
    assert!(words(actual) == words(expected) && pairs.all(same), "{actual}\n---\n{expected}");
}

/// Kills a program and all its children.
fn end(pid: i32, tracer: &mut Tracer) {
    let mut all = vec![pid];
    let mut next = 0;
    while let Some(pid) = all.get(next).copied() {
        next += 1;
        let children =
            |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("children"));
        for task in std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let text = children(task).unwrap_or_default();
            all.extend(text.split_whitespace().map(|pid| pid.parse::<i32>().unwrap()));
        }
    }
    for pid in all {
        // SAFETY: plain system call; an error means that it has just ended.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
    tracer.signalled();
}

/// Whether a process has a file of this name as its program.
#[allow(dead_code, reason = "not every file of tests leaves something behind")]
pub fn runs(path: &Path) -> bool {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .any(|entry| std::fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == path))
}
