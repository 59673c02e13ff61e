//! `cargo xtask bless` on small courses of its own: what is written, and what is left alone.

#![cfg(target_os = "linux")]

#[path = "support/course.rs"]
mod course;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use course::Course;

/// A course with one lesson, 01, whose program and script are these.
struct OneLesson(Course);

impl OneLesson {
    fn new(program: &str, script: &str) -> OneLesson {
        let program = format!("fn main() {{\n{program}\n}}\n");
        let course = Course::new().lesson("01-x", "试").program("01-x", &program);
        OneLesson(course.script("01-x", script))
    }

    fn path(&self) -> PathBuf {
        self.0.file("lessons/01-x/script.txt")
    }

    fn write(&self, script: &str) {
        fs::write(self.path(), script).unwrap();
    }

    fn script(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    /// Exit code, standard output, standard error.
    fn bless(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let output = self.0.xtask(&["bless"]).args(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// Blesses and wants a refusal that holds `why`; nothing may have changed.
    fn refuses(&self, why: &str) {
        let before = self.script();
        let (code, out, err) = self.bless(&["01"]);
        assert_eq!(code, Some(1), "{out}{err}");
        assert!(err.contains(why) && err.contains("怎么办"), "{out}{err}");
        assert_eq!(self.script(), before);
        let folder = fs::read_dir(self.path().parent().unwrap()).unwrap().flatten();
        assert!(
            !folder.into_iter().any(|file| file.file_name().to_string_lossy().contains("new-"))
        );
    }
}

/// Prints its process id, counts, and ends with the code that it is given.
const COUNTS: &str = r#"
    let id = std::process::id();
    println!("我的编号是{id}，记住{id}");
    for i in 1..=5 { println!("第{i}遍：<好> {{对}}"); }
    for _ in 0..3 { println!("  缩进\t"); }
    eprintln!("错误：做完了，编号 {id}");
    std::process::exit(std::env::args().nth(1).map_or(0, |code| code.parse().unwrap()));
"#;

const COUNTS_SCRIPT: &str = "\
# 有注释，有空行，有对齐
场景 甲
限时 60 秒

主   $ lesson-01-x
主   | 我的编号是<编号:数>，记住<编号>
  # 五遍
主   | 第{1..5}遍：<<好> {{对}
主   |3 次| <空格> 缩进<制表>
主   ! 错误：<..>编号 <编号>

检查 乙
乙 $ lesson-01-x 3
乙 | 我的编号是<号:数>，记住<号>
乙 | 第{1..5}遍：<<好> {{对}
乙 |3 次| <空格> 缩进<制表>
乙 结束 3
";

#[test]
fn a_changed_script_comes_back_byte_for_byte_with_its_names_and_counters() {
    let slips: &[(&str, &str)] = &[
        ("记住", "别忘"),
        ("遍：<<好>", "次：<<坏>"),
        ("{1..5}", "{1..4}"),
        ("|3 次|", "|2 次|"),
        ("结束 3", "结束 1"),
        ("错误：<..>编", "错误是：<..>编"),
        ("乙 |3 次| <空格> 缩进<制表>\n", ""),
    ];
    let course = OneLesson::new(COUNTS, COUNTS_SCRIPT);
    fs::set_permissions(course.path(), fs::Permissions::from_mode(0o640)).unwrap();
    let (code, out, err) = course.bless(&[]);
    assert_eq!((code, out.as_str()), (Some(0), "程序的输出和剧本一致，没有要改的\n"), "{err}");
    let mut all = COUNTS_SCRIPT.to_owned();
    for (from, to) in &slips[..6] {
        all = all.replace(from, to);
    }
    course.write(&all);
    let (code, out, err) = course.bless(&["--dry-run", "01"]);
    assert_eq!(code, Some(0), "{out}{err}");
    for line in ["\n-主   | 第{1..4}次：<<坏> {{对}\n", "\n+主   | 第{1..5}遍：<<好> {{对}\n"]
    {
        assert!(out.contains(line), "{out}");
    }
    assert!(out.ends_with("要改 1 个剧本；写了 --dry-run，文件没有动\n"), "{out}");
    assert_eq!(course.script(), all);
    let (code, out, err) = course.bless(&["lesson-01-x"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert_eq!(course.script(), COUNTS_SCRIPT, "{out}");
    let mode = fs::metadata(course.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    // a line that the script lacks is written as it is printed
    let (from, to) = slips[6];
    course.write(&COUNTS_SCRIPT.replace(from, to));
    let (code, out, err) = course.bless(&["01"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert_eq!(course.script(), COUNTS_SCRIPT, "{out}");
}

#[test]
fn what_differs_every_time_is_refused() {
    let program = r#"println!("一"); println!("编号 {}", std::process::id());"#;
    let course = OneLesson::new(program, "场景 甲\n主 $ lesson-01-x\n主 | 一\n");
    course.refuses("输出不一样");
}

#[test]
fn what_is_no_change_of_the_output_is_refused() {
    let script = "场景 甲\n限时 1 秒\n主 $ lesson-01-x\n主 | 一\n";
    let panics = r#"println!("二"); panic!("坏了")"#;
    OneLesson::new(panics, script).refuses("panic");
    let hangs = r#"println!("二"); std::thread::sleep(std::time::Duration::from_secs(1000));"#;
    OneLesson::new(hangs, script).refuses("超过了时限");
    let leaves = r#"println!("二"); std::fs::write("多余", "x").unwrap();"#;
    OneLesson::new(leaves, script).refuses("多余的文件");
    let two_lanes = r#"println!("甲甲"); println!("完全不认识"); println!("乙乙");"#;
    let script = "场景 甲\n主 $ lesson-01-x\n主/a 线程 | 甲甲\n主/b 线程 | 乙乙\n";
    // whoever sees who printed a line sees more than that two lanes could have
    let xtask = std::path::Path::new(env!("CARGO_BIN_EXE_xtask"));
    let why = match stage::observe::probe_tracing(xtask) {
        Ok(()) => "不是该印的进程或线程印的",
        Err(_) => "说不出是哪条道印的",
    };
    OneLesson::new(two_lanes, script).refuses(why);
}

/// A scene that waits for a line which has another text now goes no further: bless plays on with the new text.
#[test]
fn a_server_with_another_greeting_is_mended_step_by_step() {
    let program = r#"
        use std::io::{Read, Write};
        let addr = "127.0.0.1:8888";
        if std::env::args().nth(1).is_some() {
            let mut stream = std::net::TcpStream::connect(addr).unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            println!("收到：{text}");
            return;
        }
        let listener = std::net::TcpListener::bind(addr).unwrap();
        eprintln!("正在监听 {addr}");
        loop {
            let (mut stream, peer) = listener.accept().unwrap();
            stream.write_all("欢迎".as_bytes()).unwrap();
            println!("来了一个客户端：{peer}");
        }
    "#;
    let script = "\
场景 甲
限时 3 秒
服 $ lesson-01-x
服 ! 正在监听 127.0.0.1:8888
服 监听 127.0.0.1:8888
客 $ lesson-01-x 客
客 | 收到：欢迎
客 结束
服 | 来了一个客户端：127.0.0.1:<端口:数>
服 停止
";
    let course = OneLesson::new(program, script);
    let old = script
        .replace("正在监听 ", "开始监听 ")
        .replace("来了一个客", "有一个客")
        .replace("欢迎", "你好");
    course.write(&old);
    let (code, out, err) = course.bless(&["01"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert_eq!(course.script(), script, "{out}");
}

#[test]
fn an_unknown_lesson_is_a_usage_error() {
    let course = OneLesson::new("", "场景 甲\n主 $ lesson-01-x\n");
    let (code, _, err) = course.bless(&["02"]);
    assert_eq!(code, Some(2), "{err}");
}
