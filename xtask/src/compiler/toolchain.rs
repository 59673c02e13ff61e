//! What the compiler needs: itself, its flags, and the libraries that exercises may use. Everything here is the course's own,
//! and built by cargo as usual.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use course::exercise::{Exercise, Exercises, FOLDER};

use crate::cargo::build_own;
use crate::which::which;

use super::manifest;

/// The workspace that is generated for cargo, below `target/`.
const WORKSPACE: &str = "exercise-libraries";

/// Settings of the linker and of programs, in `/etc`.
const OF_LINKER: [&str; 3] = ["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/alternatives"];

/// Everything that compiling a student's file takes.
#[derive(Debug)]
pub struct Toolchain {
    /// The compiler itself, not what stands for it (`rustup`).
    pub rustc: PathBuf,
    /// What it must be able to read.
    pub readable: Vec<PathBuf>,
    /// All of its environment.
    pub environment: BTreeMap<String, String>,
    /// The programs that are given to students, by their names in scripts.
    pub given: BTreeMap<String, PathBuf>,
    /// The folder in which the libraries are, and nothing else.
    libraries: PathBuf,
    /// What a program may use, with its file.
    externs: Vec<(String, PathBuf)>,
    edition: String,
    linker: PathBuf,
    /// Of the course: as for its own programs.
    flags: Vec<String>,
}

impl Toolchain {
    /// Builds the libraries and the given programs of those exercises that are `wanted`, and looks for the compiler.
    ///
    /// # Errors
    /// Something of it is missing.
    pub fn open(root: &Path, exercises: &Exercises, wanted: &[&Exercise]) -> Result<Toolchain> {
        let workspace = root.join("target").join(WORKSPACE);
        let names = describe(root, &workspace, exercises)
            .with_context(|| format!("建不了 {}", workspace.display()))?;
        let is_wanted = |package: &Option<String>| {
            let Some(package) = package else { return true };
            let mut all =
                wanted.iter().flat_map(|one| one.programs.iter().map(|it| one.binary(it)));
            all.any(|name| name == *package)
        };
        let own = names.iter().filter(|(_, package)| is_wanted(package));
        let own: Vec<String> = own.map(|(own, _)| own.clone()).collect();
        let built = build_own(root, &workspace, &own)?;
        if let Some(why) = built.refused {
            bail!("课程自己的程序编译不了：{why}");
        }
        if let Some(error) = built.errors.first() {
            bail!("课程自己的程序编译不了：{}", error.message);
        }
        let given = names.iter().filter_map(|(own, package)| {
            Some((package.clone()?, built.binaries.get(own)?.clone()))
        });
        let given = given.collect();
        let libraries = workspace.join("libraries");
        let externs = gather(&built.libraries, &libraries)
            .with_context(|| format!("放不了库的文件（在 {} 里）", libraries.display()))?;
        let sysroot = sysroot(root)?;
        let linker = which("cc").map_err(|error| anyhow::anyhow!("没有链接器：{error}"))?;
        let mut readable = vec![sysroot.clone(), libraries.clone()];
        readable.extend(OF_LINKER.map(PathBuf::from));
        let path = [linker.parent().unwrap_or(Path::new("/usr/bin")).display().to_string()];
        let path = path.into_iter().chain(["/usr/bin".to_owned(), "/bin".to_owned()]);
        let environment = [
            ("PATH", path.collect::<Vec<_>>().join(":")),
            ("LANG", "C.UTF-8".to_owned()),
            ("CARGO_PKG_NAME", "practice".to_owned()),
            ("CARGO_PKG_VERSION", "0.0.0".to_owned()),
        ];
        Ok(Toolchain {
            rustc: sysroot.join("bin/rustc"),
            readable,
            environment: environment.map(|(name, value)| (name.to_owned(), value)).into(),
            given,
            libraries,
            externs,
            edition: edition(root)?,
            linker,
            flags: flags(root),
        })
    }

    /// What the compiler is told: to make the program `name` of this file, where it is started.
    pub fn arguments(&self, source: &Path, name: &str) -> Vec<String> {
        let mut args: Vec<String> = [
            &format!("--crate-name={}", name.replace('-', "_")),
            "--crate-type=bin",
            &format!("--edition={}", self.edition),
            "--emit=link",
            "--error-format=json",
            "--json=diagnostic-rendered-ansi",
            // as in the manifest of `practice/`
            "-Cdebuginfo=line-tables-only",
            "-Cembed-bitcode=no",
            &format!("-Clinker={}", self.linker.display()),
            &format!("-Ldependency={}", self.libraries.display()),
            "-o",
            name,
        ]
        .map(str::to_owned)
        .into();
        args.extend(self.flags.iter().cloned());
        for (name, file) in &self.externs {
            args.push(format!("--extern={name}={}", file.display()));
        }
        args.push(source.display().to_string());
        args
    }

    /// A program that uses everything that may be used, and is right.
    pub fn probe(&self) -> String {
        let uses = self.externs.iter().map(|(name, _)| format!("use {name} as _;\n"));
        uses.chain(["fn main() {}\n".to_owned()]).collect()
    }
}

/// Writes a workspace with the given programs of all exercises, and with one that does nothing, so that the libraries are built
/// in any case. Its programs, each with its name in scripts; other names than in a student's own workspace, whose programs
/// stand in the same `target/`.
fn describe(
    root: &Path,
    workspace: &Path,
    exercises: &Exercises,
) -> Result<BTreeMap<String, Option<String>>> {
    const NOTHING: &str = "exercise-nothing";
    fs::create_dir_all(workspace)?;
    let course = root.to_str().context("课程的路径不是 UTF-8 的文字：请把课程的文件夹移到别处")?;
    let mut text = manifest::head(root, course)?;
    let mut names = BTreeMap::from([(NOTHING.to_owned(), None)]);
    text += &manifest::binary(NOTHING, "nothing.rs");
    for exercise in &exercises.all {
        for program in exercise.programs.iter().filter(|program| program.given) {
            let package = exercise.binary(program);
            let own = package.replacen("practice-", "given-", 1);
            let file = format!("{course}/{FOLDER}/{}/given/{}.rs", exercise.name, program.name);
            text += &manifest::binary(&own, &file);
            names.insert(own, Some(package));
        }
    }
    write_new(&workspace.join("nothing.rs"), "fn main() {}\n")?;
    let is_new = write_new(&workspace.join("Cargo.toml"), &text)?;
    // with the course's own versions: nothing is downloaded; cargo leaves out of them what is not used here
    let versions = fs::read_to_string(root.join("Cargo.lock"))?;
    let are_new = write_new(&workspace.join("course.lock"), &versions)?;
    if is_new || are_new || !workspace.join("Cargo.lock").exists() {
        fs::write(workspace.join("Cargo.lock"), versions)?;
    }
    Ok(names)
}

/// Writes a file unless it says so already: cargo looks at times. `true`: it was written.
fn write_new(path: &Path, text: &str) -> std::io::Result<bool> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return Ok(false);
    }
    fs::write(path, text).map(|()| true)
}

/// Puts the libraries into a folder of their own: what stands beside them in `target/` is nobody's business. What programs
/// name, each with its file.
fn gather(built: &[(String, PathBuf)], folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    fs::create_dir_all(folder)?;
    let wanted: Vec<&OsStr> = built.iter().filter_map(|(_, file)| file.file_name()).collect();
    for entry in fs::read_dir(folder)?.flatten() {
        if !wanted.contains(&&*entry.file_name()) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let mut externs = Vec::new();
    for (name, file) in built {
        let place = folder.join(file.file_name().unwrap_or_default());
        put(file, &place)?;
        let is_named = manifest::CRATES.contains(&name.as_str()) || name == "shared";
        if is_named && place.extension() == Some(OsStr::new("rlib")) {
            externs.push((name.clone(), place));
        }
    }
    Ok(externs)
}

/// The same file once more, or a copy where that cannot be (another disk). Somebody else may be reading what stands there.
fn put(file: &Path, place: &Path) -> std::io::Result<()> {
    let identity = |path: &Path| fs::metadata(path).map(|about| (about.dev(), about.ino())).ok();
    if identity(place).is_some() && identity(place) == identity(file) {
        return Ok(());
    }
    let beside = place.with_extension(format!("part-{}", std::process::id()));
    let _ = fs::remove_file(&beside);
    if fs::hard_link(file, &beside).is_err() {
        fs::copy(file, &beside)?;
    }
    fs::rename(&beside, place)
}

/// Where the toolchain is.
fn sysroot(root: &Path) -> Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(&rustc).args(["--print", "sysroot"]).current_dir(root).output();
    let said = said.with_context(|| format!("启动不了 {}", rustc.display()))?;
    let path = String::from_utf8(said.stdout).unwrap_or_default();
    let path = PathBuf::from(path.trim());
    if !path.join("bin/rustc").is_file() {
        bail!("找不到编译器：{} 里没有 bin/rustc", path.display());
    }
    Ok(path)
}

/// The edition of the course.
fn edition(root: &Path) -> Result<String> {
    let text = fs::read_to_string(root.join("Cargo.toml"))?;
    let table: Table = toml::from_str(&text)?;
    let package = table.get("workspace").and_then(|workspace| workspace.get("package"));
    let edition = package.and_then(|package| package.get("edition")).and_then(Value::as_str);
    Ok(edition.unwrap_or("2024").to_owned())
}

/// What the course tells the compiler for every program (`.cargo/config.toml`).
fn flags(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join(".cargo/config.toml")).unwrap_or_default();
    let table: Table = toml::from_str(&text).unwrap_or_default();
    let flags = table.get("build").and_then(|build| build.get("rustflags"));
    let flags = flags.and_then(Value::as_array).into_iter().flatten();
    flags.filter_map(Value::as_str).map(str::to_owned).collect()
}
