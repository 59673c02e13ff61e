//! `grade`: a class with right, wrong and hostile students. Everybody gets his line, nobody reaches anything outside, and
//! nothing is left.

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use serde_json::Value;
use stage::contain::{Way, probe};
use tempfile::TempDir;

/// What no program may find out.
const SECRET: &str = "geheim-0815-4711";
/// The file of the exercise that all of them do.
const FILE: &str = "05-1-main.rs";

fn xtask() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_xtask"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn exercise(file: &str) -> String {
    let folder = root().join("lessons/exercises/05-1-one-after-another");
    fs::read_to_string(folder.join(file)).unwrap()
}

static RIGHT: LazyLock<String> = LazyLock::new(|| exercise("solution/main.rs"));

/// Where strangers' programs cannot be contained, nothing is judged.
fn is_possible() -> bool {
    [Way::Mounts, Way::Landlock].into_iter().any(|way| probe(xtask(), way).is_ok())
}

/// A class of students, each with one file.
struct Class(TempDir);

/// What came of it.
struct Graded {
    code: Option<i32>,
    /// The number of the process that judged.
    pid: u32,
    out: String,
    err: String,
    csv: String,
    html: String,
}

impl Class {
    fn new() -> Class {
        Class(tempfile::tempdir().unwrap())
    }

    fn folder(&self, student: &[u8]) -> PathBuf {
        let folder = self.0.path().join("class").join(std::ffi::OsStr::from_bytes(student));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn student(&self, student: &str, text: impl AsRef<[u8]>) {
        fs::write(self.folder(student.as_bytes()).join(FILE), text).unwrap();
    }

    /// All that is in the students' folders, and when it was changed.
    fn state(&self) -> Vec<(PathBuf, i64, i64)> {
        let mut all = Vec::new();
        let mut open = vec![self.0.path().join("class")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let about = entry.path().symlink_metadata().unwrap();
                all.push((entry.path(), about.mtime(), about.mtime_nsec()));
                if about.is_dir() {
                    open.push(entry.path());
                }
            }
        }
        all.sort();
        all
    }

    fn grade(&self, args: &[&str]) -> Graded {
        let output = self.0.path().join("output");
        let child = Command::new(xtask())
            .arg("grade")
            .arg(self.0.path().join("class"))
            .args(["--exercise", "05-1", "--output"])
            .arg(&output)
            .args(args)
            .env("TEACHER_SECRET", SECRET)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let pid = child.id();
        let done = child.wait_with_output().unwrap();
        let read = |name: &str| fs::read_to_string(output.join(name)).unwrap_or_default();
        Graded {
            code: done.status.code(),
            pid,
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
            csv: read("grade.csv"),
            html: read("grade.html"),
        }
    }
}

impl Graded {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.err))
    }

    /// State and code of each student.
    fn results(&self) -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let all = self.json();
        let all = all["results"].as_array().unwrap().iter();
        all.map(|one| (text(&one["student"]), text(&one["state"]), text(&one["code"]))).collect()
    }

    /// Nothing of it runs any more, no folder of it is there, and nobody has heard the secret.
    fn has_left_nothing(&self) {
        let target = xtask().parent().unwrap().parent().unwrap();
        let scenes = target.join("xtask-scenes").join(self.pid.to_string());
        assert!(!scenes.exists(), "{} is left", scenes.display());
        for process in fs::read_dir("/proc").unwrap().flatten() {
            let exe = fs::read_link(process.path().join("exe")).unwrap_or_default();
            assert!(!exe.starts_with(&scenes), "{} runs", exe.display());
        }
        for (name, text) in
            [("csv", &self.csv), ("html", &self.html), ("out", &self.out), ("err", &self.err)]
        {
            assert!(!text.contains(SECRET), "the secret is in {name}");
        }
    }
}

/// A program that is right if `condition` holds: so one that reaches something outside passes.
fn right_if(condition: &str) -> String {
    RIGHT.replacen(
        "fn main() -> io::Result<()> {",
        &format!("fn main() -> io::Result<()> {{\n    if !({condition}) {{ return Ok(()); }}"),
        1,
    )
}

#[test]
fn everybody_gets_his_line_and_the_first_mistake_with_its_code() {
    if !is_possible() {
        return;
    }
    let class = Class::new();
    class.student("passes", &*RIGHT);
    class.student("without-end-of-line", RIGHT.trim_end());
    class.student("wrong", exercise("wrong/by-turns.rs"));
    class.student("unfinished", exercise("start/main.rs"));
    class.student("uncompiled", RIGHT.replace("let mut numbers", "let numbers"));
    class.student("empty", "");
    class.student("gbk", b"// \xc9\xd5\xcb\xae\nfn main() {}\n");
    class.folder(b"nothing");
    class.student("=cmd|calc!A0", &*RIGHT);
    class.student("<script>alert(1)<", &*RIGHT);
    fs::write(class.folder(b"\xcd\xf5").join(FILE), &*RIGHT).unwrap();
    let renamed = class.folder(b"renamed").join("practice");
    fs::create_dir(&renamed).unwrap();
    fs::write(renamed.join("main.rs"), &*RIGHT).unwrap();
    let before = class.state();
    let graded = class.grade(&["--format", "json"]);
    assert_eq!(graded.code, Some(0), "{}", graded.err);
    assert_eq!(class.state(), before);
    let told = graded.results();
    let told: Vec<(&str, &str, &str)> =
        told.iter().map(|(name, state, code)| (&**name, &**state, &**code)).collect();
    let expected = [
        ("<script>alert(1)<", "passed", ""),
        ("=cmd|calc!A0", "passed", ""),
        ("empty", "no-file", "no-file"),
        ("gbk", "no-file", "no-file"),
        ("nothing", "not-begun", ""),
        ("passes", "passed", ""),
        ("renamed", "not-begun", ""),
        ("uncompiled", "uncompiled", "E0596"),
        ("unfinished", "gap", ""),
        ("without-end-of-line", "passed", ""),
        ("wrong", "failed", "order"),
        ("\\xCD\\xF5", "passed", ""),
    ];
    assert_eq!(told, expected);
    assert!(graded.err.contains("没有练习的文件叫这个名字，没有看：main.rs"), "{}", graded.err);

    let lines: Vec<&str> = graded.csv.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}\"学生\""), "{}", lines[0]);
    assert!(lines[2].starts_with("\"'=cmd|"), "{}", lines[2]);
    let line = lines.iter().find(|line| line.starts_with("\"uncompiled\"")).unwrap();
    assert!(line.contains("\"未通过\",\"E0596\",\"它不能改") && line.contains("05-1-main.rs:"));
    let gap = lines.iter().find(|line| line.starts_with("\"unfinished\"")).unwrap();
    assert!(gap.contains("\"没写完\"") && gap.contains("05-1-main.rs:"), "{gap}");
    assert!(!graded.html.contains("<script"), "escaped");
    assert!(graded.html.contains("cargo xtask explain order"));
    graded.has_left_nothing();
}

#[test]
fn what_a_student_has_written_reaches_nothing_neither_while_it_is_compiled_nor_later() {
    if !is_possible() {
        return;
    }
    let class = Class::new();
    class.student("victim", format!("// {SECRET}\n{}", *RIGHT));
    let secret = class.folder(b"victim").join("secret.txt");
    fs::write(&secret, SECRET).unwrap();
    let victim = class.folder(b"victim");
    let (secret, folder) = (secret.display(), victim.display());
    let solution = root().join("lessons/exercises/05-1-one-after-another/solution/main.rs");
    let solution = solution.display();
    let constant =
        |what: &str| format!("const X: &str = {what};\nfn main() {{ print!(\"{{X}}\") }}\n");
    class.student("passwd", constant("include_str!(\"/etc/passwd\")"));
    class.student("sibling", constant(&format!("include_str!(\"{secret}\")")));
    class.student("sibling-from-here", constant("include_str!(\"../victim/secret.txt\")"));
    class.student(
        "bytes",
        format!(
            "static X: &[u8] = include_bytes!(\"{secret}\");\nfn main() {{ print!(\"{{X:?}}\") }}\n"
        ),
    );
    class.student(
        "assembler",
        format!("std::arch::global_asm!(\".incbin \\\"{secret}\\\"\");\nfn main() {{}}\n"),
    );
    class.student("path", format!("#[path = \"{solution}\"]\nmod a;\nfn main() {{}}\n"));
    class.student("include", format!("include!(\"{solution}\");\n"));
    class.student("env", constant("env!(\"TEACHER_SECRET\")"));
    class.student("option-env", right_if("option_env!(\"TEACHER_SECRET\").is_some()"));
    class.student("environment", right_if("std::env::var(\"TEACHER_SECRET\").is_ok()"));
    for (name, path) in [
        ("reads-sibling", format!("{secret}")),
        ("reads-solution", format!("{solution}")),
        ("reads-course", root().join("Cargo.toml").display().to_string()),
    ] {
        class.student(name, right_if(&format!("std::fs::read(\"{path}\").is_ok()")));
    }
    class.student(
        "lists",
        right_if(&format!("std::fs::read_dir(\"{folder}\").is_ok_and(|all| all.count() > 0)")),
    );
    class.student("writes", right_if(&format!("std::fs::write(\"{folder}/new\", \"x\").is_ok()")));
    class.student(
        "others-environment",
        right_if(
            "std::fs::read_dir(\"/proc\")?.flatten().any(|one| \
         std::fs::read(one.path().join(\"environ\")).is_ok_and(|all| \
         String::from_utf8_lossy(&all).contains(\"TEACHER_SECRET\")))",
        ),
    );
    // only the exercise's own file counts
    class.student("build-script", &*RIGHT);
    let folder = class.folder(b"build-script");
    fs::write(folder.join("build.rs"), "fn main() { panic!() }").unwrap();
    fs::write(folder.join("Cargo.toml"), "nonsense").unwrap();
    fs::write(folder.join("rust-toolchain"), "1.0.0").unwrap();
    fs::create_dir(folder.join(".cargo")).unwrap();
    fs::write(folder.join(".cargo/config.toml"), "[build]\nrustc = \"/bin/false\"\n").unwrap();
    symlink("../victim/05-1-main.rs", class.folder(b"link").join(FILE)).unwrap();
    symlink("../victim", class.folder(b"link-above").join("practice")).unwrap();
    mkfifo(&class.folder(b"pipe").join(FILE), Mode::S_IRWXU).unwrap();
    fs::create_dir(class.folder(b"folder").join(FILE)).unwrap();

    let before = class.state();
    let graded = class.grade(&["--format", "json"]);
    assert_eq!(graded.code, Some(0), "{}", graded.err);
    assert_eq!(class.state(), before);
    graded.has_left_nothing();
    for (name, state, code) in graded.results() {
        let expected = match name.as_str() {
            "victim" | "build-script" => "passed",
            "link-above" => "not-begun",
            "link" | "pipe" | "folder" => "no-file",
            "passwd" | "sibling" | "sibling-from-here" | "bytes" | "assembler" | "path"
            | "include" | "env" => "uncompiled",
            _ => "failed",
        };
        assert_eq!(state, expected, "{name} ({code})");
    }
}

#[test]
fn what_never_ends_is_ended_and_the_next_is_judged() {
    if !is_possible() {
        return;
    }
    let class = Class::new();
    class.student(
        "0-macro-bomb",
        "#![recursion_limit = \"100000\"]\nmacro_rules! b {\n    \
        ($($t:tt)*) => { b!($($t)* $($t)*) }\n}\nfn main() { b!(1 + 1); }\n",
    );
    class.student(
        "1-constant",
        "const X: u64 = {\n    let mut i = 0;\n    \
        while i < u64::MAX { i += 1; }\n    i\n};\nfn main() { print!(\"{X}\") }\n",
    );
    class.student(
        "2-nested",
        format!("fn main() {{ let _ = {}1{}; }}\n", "(".repeat(100_000), ")".repeat(100_000)),
    );
    class
        .student("3-fork-bomb", "fn main() { loop { let _ = unsafe { nix::unistd::fork() }; } }\n");
    class.student("4-prints", "fn main() { loop { println!(\"hello\"); } }\n");
    class.student(
        "5-deletes",
        "fn main() {\n    let here = std::env::current_dir().unwrap();\n    \
        let _ = std::fs::remove_dir_all(here);\n    \
        println!(\"{:?}\", std::env::current_dir());\n}\n",
    );
    class.student("6-passes", &*RIGHT);
    let before = class.state();
    let graded = class.grade(&["--format", "junit"]);
    assert_eq!(graded.code, Some(0), "{}", graded.err);
    assert_eq!(class.state(), before);
    graded.has_left_nothing();
    let line = |name: &str| {
        let lines = graded.csv.split("\r\n");
        lines.clone().find(|line| line.starts_with(&format!("\"{name}\""))).unwrap().to_owned()
    };
    assert!(line("0-macro-bomb").contains("\"unbuilt\",\"编译用的内存超过 2 GiB，停了它\""));
    assert!(line("1-constant").contains("long_running_const_eval"), "{}", line("1-constant"));
    assert!(line("2-nested").contains("\"unbuilt\",\"编译器自己出了错"), "{}", line("2-nested"));
    for name in ["3-fork-bomb", "4-prints", "5-deletes"] {
        assert!(line(name).contains("\"未通过\""), "{}", line(name));
    }
    assert!(line("6-passes").contains("\"通过\""));
    // the result for machines is whole, and alone
    assert!(graded.out.starts_with("<?xml") && graded.out.trim_end().ends_with("</testsuites>"));
    assert_eq!(graded.out.matches("<testsuite ").count(), 7);
    assert!(graded.err.contains("6-passes：通过 1"), "{}", graded.err);
}

#[test]
fn what_is_no_students_folder_is_said_to_be_none() {
    let empty = tempfile::tempdir().unwrap();
    let outcome = |folder: &Path, more: &[&str]| {
        let output = Command::new(xtask()).arg("grade").arg(folder).args(more).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, err) = outcome(empty.path(), &[]);
    assert_eq!(code, Some(2));
    assert!(err.contains("没有找到学生的练习") && err.contains("practice"), "{err}");
    let (code, err) = outcome(&empty.path().join("no"), &[]);
    assert_eq!(code, Some(2));
    assert!(err.contains("没有「"), "{err}");
    let (code, err) = outcome(empty.path(), &["--exercise", "99-9"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("没有「99-9」这个练习"), "{err}");
}
