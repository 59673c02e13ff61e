//! Builds the lessons once; afterwards their programs are started directly. A lesson that cannot be built keeps no other
//! from being built.
//!
//! | file | task |
//! | --- | --- |
//! | `messages` | what cargo says while it builds |
//! | `members` | a workspace without the lessons that cargo does not take |
//! | `patience` | that it takes longer than a moment |

mod members;
pub(crate) mod messages;
mod patience;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use messages::Message;

/// How it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As `cargo run` does: built quickly.
    Dev,
    /// Runs quickly.
    Release,
}

/// What a build brought.
#[derive(Debug, Default)]
pub struct Built {
    /// The binaries, by package.
    pub binaries: BTreeMap<String, PathBuf>,
    /// Why the others could not be built, in Chinese, by package: the compiler's first error.
    pub failures: BTreeMap<String, String>,
}

impl Built {
    /// The binaries, where none may be missing.
    ///
    /// # Errors
    /// Why some are.
    pub fn all(self) -> Result<BTreeMap<String, PathBuf>> {
        if self.failures.is_empty() {
            return Ok(self.binaries);
        }
        let reasons: Vec<String> = self.failures.into_values().collect();
        bail!("编译没有通过\n{}", reasons.join("\n"))
    }
}

/// Builds `packages`. What the compiler says goes to standard error too, in full.
///
/// # Errors
/// Cargo cannot be started.
pub fn build(root: &Path, packages: &[&str], profile: Profile) -> Result<Built> {
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let wanted: Vec<&str> =
            packages.iter().copied().filter(|name| !refused.contains_key(*name)).collect();
        if wanted.is_empty() {
            return Ok(Built { failures: refused, ..Built::default() });
        }
        let workspace = match refused.is_empty() {
            true => root.to_owned(),
            false => members::without(root, refused.keys())
                .context("建不了只有其余各课的工作区（在 target 里）")?,
        };
        let run = run_cargo(root, &workspace, &wanted, profile)?;
        // without a message about a package, cargo has not begun: the workspace is not in order
        if !run.succeeded
            && !run.has_begun
            && let Some(package) = members::refused(root, &run.complaint)
            && !refused.contains_key(&package)
        {
            let why = run.complaint_in_short();
            refused.insert(package.clone(), format!("cargo 读不了 {package}：{why}"));
            continue;
        }
        let mut built = run.into_built(&wanted);
        built
            .failures
            .extend(refused.into_iter().filter(|(name, _)| packages.contains(&name.as_str())));
        return Ok(built);
    }
}

/// What one run of cargo said.
#[derive(Default)]
struct Run {
    binaries: BTreeMap<String, PathBuf>,
    /// Their names may be those of several.
    libraries: Vec<(String, PathBuf)>,
    /// The first error of each target, with its package.
    errors: Vec<(String, String)>,
    /// Packages were built, or it was tried.
    has_begun: bool,
    succeeded: bool,
    /// Cargo's own words.
    complaint: String,
    /// What is said is kept and not shown.
    is_quiet: bool,
    /// What the compiler said of errors, if it was kept.
    kept: Vec<CompileError>,
}

/// An error of the compiler.
#[derive(Debug, Clone)]
pub struct CompileError {
    /// `E0382`, if it has a code.
    pub code: Option<String>,
    /// In a word, in English.
    pub message: String,
    /// As it is shown on a terminal.
    pub rendered: String,
    /// File and line, if there are any.
    pub place: Option<(String, u32)>,
}

/// What a build of somebody's own programs brought.
#[derive(Debug)]
pub struct OwnBuilt {
    /// The binaries, by name.
    pub binaries: BTreeMap<String, PathBuf>,
    /// What is wrong with them.
    pub errors: Vec<CompileError>,
    /// Why it was not tried, or not brought to an end; in Chinese.
    pub refused: Option<String>,
    /// Libraries that were built for it, by their names, and what they need at the time of compiling.
    pub libraries: Vec<(String, PathBuf)>,
}

/// Builds the binaries `names` of another workspace, with the programs where those of the workspace at `root` are. Nothing
/// is shown.
///
/// # Errors
/// Cargo cannot be started.
pub fn build_own(root: &Path, workspace: &Path, names: &[String]) -> Result<OwnBuilt> {
    let mut command = cargo_build(root, workspace);
    for name in names {
        command.args(["--bin", name]);
    }
    let quiet = Run { is_quiet: true, ..Run::default() };
    let run = listen(command, "正在编译……".to_owned(), quiet)?;
    let refused = (!run.succeeded && run.kept.is_empty())
        .then(|| format!("cargo 没有编译：{}", run.complaint_in_short()));
    let (binaries, libraries) = (run.binaries, run.libraries);
    Ok(OwnBuilt { binaries, errors: run.kept, refused, libraries })
}

fn run_cargo(root: &Path, workspace: &Path, packages: &[&str], profile: Profile) -> Result<Run> {
    let mut command = cargo_build(root, workspace);
    command.arg("--bins");
    if profile == Profile::Release {
        command.arg("--release");
    }
    for package in packages {
        command.args(["--package", package]);
    }
    let what = format!("正在编译课的程序（{} 个里改过的、没编译过的）……", packages.len());
    listen(command, what, Run::default())
}

/// `cargo build` in `workspace`, with the programs where those of the workspace at `root` are.
fn cargo_build(root: &Path, workspace: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    let args =
        ["build", "--quiet", "--keep-going", "--message-format=json-diagnostic-rendered-ansi"];
    command.current_dir(workspace).args(args);
    if workspace != root && std::env::var_os("CARGO_TARGET_DIR").is_none() {
        command.arg("--target-dir").arg(root.join("target"));
    }
    command
}

/// Starts cargo and takes everything that it says into `run`; after a moment somebody who waits is told `what` is done.
fn listen(mut command: Command, what: String, mut run: Run) -> Result<Run> {
    let busy = patience::told(what);
    let is_quiet = run.is_quiet;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => anyhow::anyhow!("找不到 cargo：请先安装 Rust"),
            _ => anyhow::Error::new(error).context("启动不了 cargo"),
        })?;
    let stderr = child.stderr.take();
    let complaint = std::thread::Builder::new().spawn(move || pass_on(stderr, is_quiet));
    // cargo ends when nobody reads what it says
    let complaint = complaint.context("启动不了线程：进程和线程已经太多（ulimit -u）")?;
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        // what a build script prints comes this way too, and is no message
        let Ok(message) = serde_json::from_str(&line?) else { continue };
        run.take(message);
    }
    run.complaint = complaint.join().unwrap_or_default();
    run.succeeded = child.wait()?.success();
    drop(busy);
    Ok(run)
}

/// Passes on what cargo says as it comes, unless it is to be quiet, and returns all of it.
fn pass_on(stderr: Option<impl Read>, is_quiet: bool) -> String {
    let mut said = String::new();
    for line in stderr.map(BufReader::new).into_iter().flat_map(|from| from.split(b'\n')) {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        if !is_quiet {
            // nobody who reads it: no harm
            let _ = writeln!(std::io::stderr(), "{line}");
        }
        said.push_str(&line);
        said.push('\n');
    }
    said
}

impl Run {
    fn take(&mut self, message: Message) {
        match message {
            Message::CompilerArtifact { target, executable, filenames } => {
                self.has_begun = true;
                // what is loaded into the compiler, and what is linked
                let of_libraries = ["rlib", "so"].map(Some);
                let is_library = |path: &PathBuf| {
                    of_libraries.contains(&path.extension().and_then(|end| end.to_str()))
                };
                let libraries = filenames.into_iter().filter(is_library);
                self.libraries.extend(libraries.map(|path| (target.name.clone(), path)));
                if let Some(path) = executable {
                    self.binaries.insert(target.name, path);
                }
            }
            Message::CompilerSays { package_id, message } => {
                self.has_begun = true;
                let rendered = message.rendered.as_deref().unwrap_or_default();
                if self.is_quiet && message.is_error() {
                    self.kept.push(CompileError::from(&message));
                } else if !self.is_quiet {
                    let _ = write!(anstream::stderr(), "{rendered}");
                }
                if message.is_error() {
                    let package = messages::package_name(&package_id);
                    self.errors.push((package, message.in_short()));
                }
            }
            Message::Other => {}
        }
    }

    /// Cargo's first complaint and the last cause that it names, in a line.
    fn complaint_in_short(&self) -> String {
        let lines: Vec<&str> = self.complaint.lines().map(str::trim).collect();
        let first = lines.iter().find_map(|line| line.strip_prefix("error: "));
        let cause = lines.iter().rposition(|line| *line == "Caused by:");
        let cause = cause.and_then(|at| lines.get(at + 1)).copied();
        match (first, cause) {
            (Some(first), Some(cause)) => format!("{first}：{cause}"),
            (Some(first), None) => first.to_owned(),
            (None, _) => lines.iter().find(|line| !line.is_empty()).unwrap_or(&"").to_string(),
        }
    }

    /// The binaries of `wanted`, and why the others are missing.
    fn into_built(self, wanted: &[&str]) -> Built {
        let mut failures = BTreeMap::new();
        let is_wanted = |package: &str| wanted.contains(&package);
        for name in wanted.iter().copied().filter(|name| !self.binaries.contains_key(*name)) {
            let own = self.errors.iter().find(|(package, _)| package == name);
            // nothing wrong with itself: with what it uses
            let used = || self.errors.iter().find(|(package, _)| !is_wanted(package));
            let why = match own.or_else(used) {
                Some((package, error)) if package == name => format!("{name} 编译不过：{error}"),
                Some((package, error)) => format!("{package} 编译不过：{error}"),
                None if !self.succeeded => format!("cargo 没有编译：{}", self.complaint_in_short()),
                None => format!("编译之后没有找到程序 {name}"),
            };
            failures.insert(name.to_owned(), why);
        }
        Built { binaries: self.binaries, failures }
    }
}
