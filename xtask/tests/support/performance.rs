//! Plays one scene in a test: the only place of the tests that makes an `Assignment`.

#![allow(dead_code, reason = "not every test program asks for everything")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use course::script::{Scene, parse};
use diagnose::{Cause, Certainty, diagnose, explain};
use events::{Clock, Event};
use judge::{Failure, Rule, Verdict, judge};
use stage::play::play;
use stage::{Assignment, Detail, Program, network};

/// The runner, whose hidden subcommand plays the scene.
pub fn xtask() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_xtask"))
}

/// A scene has so much time when its script says nothing. What ends by itself does so long before, however busy the
/// machine is; a test that wants to see the limit says 限时.
const TIME: Duration = Duration::from_secs(900);
/// Whoever computes so long computes for ever: what does not, in these scenes, needs a tenth of it.
const COMPUTING: Duration = Duration::from_secs(1);
/// The longest limit that [`within_a_limit`] tries, in seconds.
const LONGEST_LIMIT: u32 = 1024;

/// Every scene has a network of its own, and in it the ports that its script names.
pub static OWN_NETWORK: LazyLock<bool> = LazyLock::new(|| network::probe(xtask(), &[]).is_ok());
/// Whoever plays without that.
static TURN: Mutex<()> = Mutex::new(());

/// A scene that is still to be played.
pub struct Performance {
    scene: Scene,
    folder: TempDir,
    programs: BTreeMap<String, Program>,
    trace: Option<Clock>,
    /// The seed of an unkind kernel.
    harsh: Option<u64>,
    /// Where the programs run; `None`: in the scene's folder.
    directory: Option<PathBuf>,
    /// So many times its limit it has on our clock.
    patience: f64,
}

impl Performance {
    /// Of `script`, which has no heading; nothing can be started yet, and nothing is traced.
    pub fn of(script: &str) -> Performance {
        let mut scene = parse(&format!("场景 试\n{script}")).unwrap().scenes.remove(0);
        if !script.lines().any(|line| line.starts_with("限时")) {
            scene.limit = TIME;
        }
        Performance::of_scene(scene)
    }

    /// Of a scene; nothing can be started yet, and nothing is traced.
    pub fn of_scene(scene: Scene) -> Performance {
        let folder = tempfile::tempdir().unwrap();
        let (programs, trace, directory, patience) = (BTreeMap::new(), None, None, 1.0);
        let harsh = None;
        Performance { scene, folder, programs, trace, harsh, directory, patience }
    }

    /// In this folder, as programs that belong to no lesson are played: nothing is expected of them.
    pub fn in_folder(mut self, directory: &Path) -> Performance {
        self.directory = Some(directory.to_owned());
        self
    }

    /// With these programs, by the names of their packages.
    pub fn with(mut self, programs: BTreeMap<String, Program>) -> Performance {
        self.programs.extend(programs);
        self
    }

    /// Traced on this clock, if any.
    pub fn traced(mut self, clock: Option<Clock>) -> Performance {
        self.trace = clock;
        self
    }

    /// With a kernel that is as unkind as it may be, if there is a seed.
    pub fn harshly(mut self, seed: Option<u64>) -> Performance {
        self.harsh = seed;
        self
    }

    /// On a machine that is so many times too busy.
    pub fn on_a_machine_that_is_busy(mut self, times: f64) -> Performance {
        self.patience = times;
        self
    }

    /// With a copy of this file in the scene's folder.
    pub fn with_copy_of(self, file: &Path) -> Performance {
        fs::copy(file, self.folder.path().join(file.file_name().unwrap())).unwrap();
        self
    }

    /// Plays it.
    ///
    /// # Errors
    /// It could not be played to its end: the helper process failed.
    pub fn play(self) -> anyhow::Result<Played> {
        let Performance { scene, folder, programs, trace, harsh, directory, patience } = self;
        let detail = if directory.is_some() { Detail::Picture } else { Detail::Verdict };
        let assignment = Assignment {
            keys: None,
            visited: false,
            scene,
            folder: folder.path().to_owned(),
            directory,
            lessons: Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons"),
            programs,
            own_network: *OWN_NETWORK,
            trace,
            harsh,
            patience,
            detail,
            places: false,
            computing: COMPUTING,
            confinement: None,
            parent: std::process::id() as i32,
        };
        // where scenes have no network of their own they share its ports: one after the other
        let _turn = (!assignment.own_network).then(|| TURN.lock());
        let began = Instant::now();
        let (scene, events) = play(xtask(), assignment, |_| {})?;
        let time = began.elapsed();
        let verdict = judge(&scene, &events);
        let causes = diagnose(&scene, &events, &verdict);
        let cause = causes.first().cloned();
        let explained = explain(&scene, &events);
        assert_in_order(&causes);
        assert_in_order(&explained);
        Ok(Played { verdict, cause, causes, explained, events, time })
    }
}

/// No report puts what only may be so before what is proved: neither of the same failure or event, nor at all.
pub fn assert_in_order(causes: &[Cause]) {
    let is_symptom = |cause: &Cause| cause.code.leads_elsewhere();
    let (mut proved, mut perhaps) = (BTreeSet::new(), BTreeSet::new());
    for cause in causes {
        // what was judged has failures, and what was not has only its event
        let explains = match cause.failure {
            Some(_) => cause.failures().map(|failure| (Some(failure), 0)).collect(),
            None => vec![(None, cause.about)],
        };
        let (its, others) = match cause.certainty {
            Certainty::Proved => (&mut proved, &perhaps),
            Certainty::Candidate => (&mut perhaps, &proved),
        };
        let twice = explains.iter().find(|one| others.contains(*one));
        assert!(twice.is_none(), "proved, and only perhaps: {causes:#?}");
        its.extend(explains);
    }
    let judged = causes.iter().filter(|cause| cause.failure.is_some() && !is_symptom(cause));
    let certainties: Vec<bool> =
        judged.map(|cause| cause.certainty == Certainty::Candidate).collect();
    assert!(certainties.is_sorted(), "a candidate before what is proved: {causes:#?}");
}

/// What a scene led to.
#[derive(Debug)]
pub struct Played {
    pub verdict: Verdict,
    /// Why nobody went on, if so; of several candidates the likeliest.
    pub cause: Option<Cause>,
    /// All of them, the likeliest first.
    pub causes: Vec<Cause>,
    /// Why whatever went wrong did so, with nothing expected.
    pub explained: Vec<Cause>,
    pub events: Vec<Event>,
    /// From before the helper process is started until after its end.
    pub time: Duration,
}

impl Played {
    /// The rules that were broken, in the order of the report.
    pub fn rules(&self) -> Vec<Rule> {
        self.verdict.failures.iter().map(|failure| failure.rule).collect()
    }

    /// The failure of this rule.
    pub fn failure(&self, rule: Rule) -> &Failure {
        let found = self.verdict.failures.iter().find(|failure| failure.rule == rule);
        found.unwrap_or_else(|| panic!("no {rule:?} in {:#?}", self.verdict.failures))
    }
}

/// An example of this package, built: `cargo test --test` alone does not build examples.
pub fn example(name: &str) -> PathBuf {
    once_in_a_run(name, || {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let example = ["build", "--quiet", "--package", "xtask", "--example", name];
        let status = Command::new(env!("CARGO")).current_dir(root).args(example).status().unwrap();
        assert!(status.success());
    });
    // whatever xtask is optimised for, students' programs are not
    xtask().parent().unwrap().with_file_name("debug").join("examples").join(name)
}

/// cargo-nextest gives every test a process of its own; what is built for all of them is built by the first.
fn once_in_a_run(name: &str, build: impl FnOnce()) {
    let marker = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name} built"));
    let run = std::env::var("NEXTEST_RUN_ID").ok();
    if run.is_some() && fs::read_to_string(&marker).ok() == run {
        return;
    }
    build();
    if let Some(run) = run {
        fs::write(marker, run).unwrap();
    }
}

/// A program of a course, which knows no address of its own.
pub fn program(path: impl Into<PathBuf>) -> Program {
    Program { path: path.into(), address: None }
}

/// Plays with longer and longer limits, in seconds, until what comes of it is `right`; what came of it last.
///
/// For scenes that only their limit ends, after something has happened: how long that takes on a busy machine nobody
/// knows, and most runs should not wait for the longest time that it might.
pub fn within_a_limit<T>(mut play: impl FnMut(u32) -> T, right: impl Fn(&T) -> bool) -> T {
    let mut limit = 1;
    loop {
        let played = play(limit);
        if limit >= LONGEST_LIMIT || right(&played) {
            return played;
        }
        limit *= 2;
    }
}
