//! The notes say what is true: checked on the real ones, and on a small course where one thing at a time is broken.

#[path = "support/course.rs"]
mod course;
#[path = "support/executable.rs"]
mod executable;
#[path = "support/notes.rs"]
mod notes;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use executable::executable;

use ::course::catalog::Catalog;
use book::check::{Problem, check};
use judge::Rule;
use notes::{PAGE, course};

/// What is wrong with the notes of the workspace at `root`.
fn problems(root: &Path) -> Vec<Problem> {
    check(root, &xtask::cli::targets).unwrap()
}

#[test]
fn the_notes_agree_with_the_programs_the_scripts_and_the_command_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let problems: Vec<String> =
        problems(&root).iter().map(|problem| format!("{problem}\n")).collect();
    assert!(problems.is_empty(), "笔记里有 {} 处不对：\n{}", problems.len(), problems.concat());
}

/// A failed check names the heading that explains its rule.
#[test]
fn every_rule_of_the_judge_is_explained_under_its_title() {
    let catalog = Catalog::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    for rule in Rule::all() {
        let id = format!("rule-{}", rule.id());
        let heading = catalog.mistake(&id).unwrap_or_else(|| panic!("no heading {{#{id}}}"));
        assert_eq!(heading.text, rule.title(), "{id}");
    }
}

/// What is wrong with the course when `from` is `to` in a file of it.
fn broken(file: &str, from: &str, to: &str) -> Vec<String> {
    let course = course();
    let path = course.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    problems(course.path()).iter().map(|problem| problem.to_string()).collect()
}

#[test]
fn a_course_with_nothing_wrong_has_no_problems() {
    assert_eq!(problems(course().path()), []);
}

#[test]
fn everything_that_is_broken_is_named_with_page_and_line() {
    let page = "docs/01-x.md";
    for (file, from, to, wanted) in [
        // links
        (page, "README.md#", "REDME.md#", "docs/01-x.md:3：没有 docs/REDME.md 这个文件"),
        (page, "#怎样读", "#怎么读", "docs/01-x.md:3：docs/README.md 里没有 #怎么读"),
        (
            page,
            "(#half-close)",
            "(#half-closed)",
            "docs/01-x.md:3：docs/01-x.md 里没有 #half-closed，是不是 #half-close？",
        ),
        (page, "{#half-close}", "{#half}", "docs/README.md:5：docs/01-x.md 里没有 #half-close"),
        (
            page,
            "(README.md",
            "(../../README.md",
            "docs/01-x.md:3：链接 ../../README.md#怎样读 指到仓库外面",
        ),
        (
            page,
            "[目录](README.md#怎样读)和[坑](#half-close)。",
            "[目录][x]和[坑](#half-close)。\n\n[x]: README.md",
            "docs/01-x.md:3：链接 README.md 写成 [文字](地址)，书里才改得了它",
        ),
        (
            page,
            "src/main.rs)",
            "src/main.rs#L3)",
            "docs/01-x.md:5：lessons/01-x/src/main.rs 不是笔记的一页，不能有 #L3",
        ),
        (
            "README.md",
            "docs/README.md",
            "docs/SUMMARY.md",
            "README.md:3：docs/SUMMARY.md 在书里不是一页，不能链接",
        ),
        // pictures
        (
            page,
            "![两个程序的先后]",
            "![]",
            "docs/01-x.md:29：图 pictures/01-x.svg 没有说明：在 [] 里写出图上是什么",
        ),
        (
            page,
            "pictures/01-x.svg",
            "pictures/01-y.svg",
            "docs/01-x.md:29：没有 docs/pictures/01-y.svg 这个文件",
        ),
        // pieces of programs and scripts
        (
            page,
            "①-③ -->",
            "①-④ -->",
            "docs/01-x.md:10：lessons/01-x/src/main.rs: 程序里没有步骤 ④，有的是 ①②③",
        ),
        (
            page,
            "steps 01-x",
            "steps 01-y",
            "docs/01-x.md:10：lessons/ 里没有文件夹「01-y」，是不是 01-x？",
        ),
        (
            page,
            "甲 -->",
            "乙 -->",
            "docs/01-x.md:22：lessons/01-x/script.txt: 没有场景「乙」，有的是「甲」",
        ),
        (
            page,
            "<!-- #script 01-x 甲 -->",
            "<!-- #include ../lessons/01-x/scrpt.txt -->",
            "docs/01-x.md:22：没有 ../lessons/01-x/scrpt.txt 这个文本文件",
        ),
        (
            "lessons/01-x/script.txt",
            "场景 甲",
            "场景 丙",
            "docs/01-x.md:22：lessons/01-x/script.txt: 没有场景「甲」，有的是「丙」",
        ),
        (
            "lessons/01-x/script.txt",
            "主 | 好",
            "主 好",
            "docs/01-x.md:22：lessons/01-x/script.txt: 第 3 行",
        ),
        (
            page,
            "(../lessons/01-x/script.txt)",
            "(../README.md)",
            "docs/01-x.md:22：上面没有到 lessons/01-x/script.txt 的链接",
        ),
        (page, "b();", "c();", "docs/01-x.md:10：下面的代码块和 lessons/01-x/src/main.rs 不一样"),
        (
            "lessons/01-x/script.txt",
            "主 | 好",
            "主 | 坏",
            "docs/01-x.md:22：下面的代码块和 lessons/01-x/script.txt 不一样：cargo xtask notes",
        ),
        (
            page,
            "<!-- #script 01-x 甲 -->\n```text\n",
            "```text\n{{#script 01-x 甲}}\n",
            "docs/01-x.md:23：没有 mdBook 的人看不到这一段",
        ),
        // steps
        (page, "- ③ 再做。", "- ③ 再做，④ 又做。", "docs/01-x.md:8：程序里没有步骤 ④，有的是 ①②③"),
        (page, "- ③ 再做。\n", "", "没有说到步骤 ③"),
        ("lessons/01-x/src/main.rs", "// ③", "// ④", "没有说到步骤 ④"),
        // packages and commands
        (
            page,
            "-p lesson-01-x",
            "-p lesson-01-xx",
            "没有 lesson-01-xx 这个程序，是不是 lesson-01-x？",
        ),
        (
            page,
            "-p lesson-01-x",
            "-p lessons-01-x",
            "docs/01-x.md:34：「cargo run -p lessons-01-x -- --addr 127.0.0.1:1」：没有 lessons-01-x 这个包",
        ),
        (page, "-- --addr", "-- --adr", "没有选项 --adr"),
        (
            page,
            "xtask check",
            "xtask chek",
            "docs/01-x.md:35：「cargo xtask chek 01 --jobs 2」：没有「chek」这个命令，是不是 check？",
        ),
        (page, "check 01", "check 02", "没有「02」这一课"),
        (page, "--jobs 2", "--jobs 0", "不能是「0」"),
        ("README.md", "lesson-01-x", "lesson-01-y", "README.md:5：没有 lesson-01-y 这个程序"),
        // the other places of a lesson
        (
            "README.md",
            "| [01 试]",
            "| [01 尝试]",
            "README.md:1：课的表里没有第 01 课：加一行，写上 [01 试](docs/01-x.md)",
        ),
        (
            "docs/README.md",
            "| [第 01 课 试]",
            "[第 01 课 试]",
            "docs/README.md:1：课的表里没有第 01 课：加一行，写上 [第 01 课 试](01-x.md)",
        ),
        (
            "docs/teachers.md",
            "| [01](01-x.md)",
            "| 01",
            "docs/teachers.md:1：课的表里没有第 01 课：加一行，写上 [01](01-x.md)",
        ),
        (
            "docs/teachers.md",
            "| 25 |",
            "| 30 |",
            "docs/teachers.md:5：数一数是「合计 30 分钟」，这一页里没有这句话",
        ),
        (
            "README.md",
            "lesson-01-x`",
            "lesson-01-x-y`",
            "README.md:1：课的表里没有 cargo run -p lesson-01-x：写在它那一课的一行里",
        ),
        ("README.md", "1 个小程序", "2 个小程序", "README.md:3：数一数是「1 个小程序，分成 1 课」"),
        ("README.md", "1 small", "2 small", "README.md:3：数一数是「1 small programs」"),
        // the table of contents
        (
            "docs/SUMMARY.md",
            "- [第 01 课 试](01-x.md)\n",
            "",
            "docs/SUMMARY.md:1：目录里没有 docs/01-x.md",
        ),
        (
            "docs/SUMMARY.md",
            "课 试]",
            "课 尝试]",
            "docs/SUMMARY.md:5：题目不同：这里写「第 01 课 尝试」，docs/01-x.md 里写「第 01 课 试」",
        ),
        (
            "docs/SUMMARY.md",
            "(01-x.md)",
            "(02-x.md)",
            "docs/SUMMARY.md:5：没有 docs/02-x.md 这一页",
        ),
    ] {
        let problems = broken(file, from, to);
        let found = problems.iter().any(|problem| problem.contains(wanted));
        assert!(found, "{from} -> {to}: wanted {wanted}, got {problems:#?}");
    }
}

#[test]
fn the_copies_in_the_notes_are_written_by_a_command() {
    let course = course();
    let page = course.path().join("docs/01-x.md");
    let notes = |args: &[&str]| xtask(course.path(), args, "", Path::new("cargo"));
    assert_eq!(notes(&["notes", "--check"]).0, Some(0));
    // an old copy, and a new page that has only the comment
    fs::write(
        &page,
        PAGE.replace("b();", "old();")
            .replace("```text\n场景 甲\n主 $ lesson-01-x\n主 | 好\n```\n", ""),
    )
    .unwrap();
    let (code, out, _) = notes(&["notes", "--check"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("docs/01-x.md 里的程序或剧本和原文不一样"), "{out}");
    let (code, out, err) = notes(&["notes"]);
    assert_eq!((code, out.as_str()), (Some(0), "重抄了 1 页：docs/01-x.md\n"), "{err}");
    assert_eq!(fs::read_to_string(&page).unwrap(), PAGE);
    fs::write(&page, PAGE.replace("#steps 01-x ①-③", "#steps 01-x ⑨")).unwrap();
    let (code, _, err) = notes(&["notes"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("docs/01-x.md:10: lessons/01-x/src/main.rs: 程序里没有步骤 ⑨"), "{err}");
}

#[test]
fn a_page_ends_with_the_link_to_the_next_lesson() {
    let course = course().lesson("02-y", "又试");
    let missing = || {
        let problems = problems(course.path()).into_iter().map(|problem| problem.to_string());
        problems.filter(|problem| problem.contains("下一课")).collect::<Vec<_>>()
    };
    let link = "下一课：[第 02 课 又试](02-y.md)";
    assert_eq!(missing(), [format!("docs/01-x.md:36：末尾没有到下一课的链接：写「{link}」")]);
    course.write("docs/01-x.md", &format!("{PAGE}\n{link}\n"));
    assert!(missing().is_empty());
    // a page may stand between them
    course.write("docs/01-x.md", PAGE);
    course.write("docs/tasks.md", &format!("# 任务\n\n{link}\n"));
    assert!(missing().is_empty());
}

#[test]
fn a_page_without_its_lesson_is_named() {
    let course = course();
    fs::write(course.path().join("docs/02-y.md"), "# 第 02 课 又试\n").unwrap();
    let problems: Vec<String> =
        problems(course.path()).iter().map(|problem| problem.to_string()).collect();
    let wanted = [
        "docs/02-y.md:1：lessons/ 里没有第 02 课，或它有两页",
        "docs/SUMMARY.md:1：目录里没有 docs/02-y.md",
    ];
    assert_eq!(problems, wanted);
}

/// `xtask` in a course: exit code, standard output, standard error.
fn xtask(course: &Path, args: &[&str], input: &str, cargo: &Path) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(args)
        .env("CARGO_MANIFEST_DIR", course.join("xtask"))
        .env("CARGO", cargo)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // one that reads nothing may be gone already
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn mdbook_gets_its_chapters_back() {
    let course = course();
    let preprocess = |args: &[&str], input: &str| {
        let args = [&["mdbook-preprocessor"], args].concat();
        xtask(course.path(), &args, input, Path::new("cargo"))
    };
    assert_eq!(preprocess(&["supports", "html"], "").0, Some(0));
    assert_eq!(preprocess(&["supports", "latex"], "").0, Some(1));
    let input = |text: &str| {
        let chapter = serde_json::json!({
            "name": "试", "content": text, "number": null, "sub_items": [], "path": "01-x.md",
            "source_path": "01-x.md", "parent_names": [],
        });
        serde_json::json!([{ "renderer": "html" }, { "items": [{ "Chapter": chapter }] }])
            .to_string()
    };
    let (code, out, err) = preprocess(&[], &input(PAGE));
    assert_eq!(code, Some(0), "{err}");
    let book: serde_json::Value = serde_json::from_str(&out).unwrap();
    let content = book["items"][0]["Chapter"]["content"].as_str().unwrap();
    assert!(content.contains("// ③ 二\n") && content.contains("主 $ lesson-01-x\n"), "{content}");
    assert!(content.contains("(files/lessons/01-x/script.txt.md)"), "{content}");
    let (code, out, err) = preprocess(&[], &input("一\n<!-- #steps 01-x ⑨ -->\n"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("docs/01-x.md:2: lessons/01-x/src/main.rs: 程序里没有步骤 ⑨"), "{err}");
    let (code, _, err) = preprocess(&[], "");
    assert_eq!(code, Some(1));
    assert!(err.contains("生成书用 cargo xtask book"), "{err}");
}

/// A program that is a shell script.
fn script(path: &Path, text: &str) {
    executable(path, format!("#!/bin/sh\n{text}").as_bytes(), 0o755);
}

#[test]
fn the_book_is_built_by_an_mdbook_that_is_installed_once() {
    let course = course();
    let cargo = course.path().join("cargo");
    script(&cargo, "echo '[6] Could not resolve hostname' >&2; exit 101\n");
    let (code, out, err) = xtask(course.path(), &["book"], "", &cargo);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("装不了 mdBook") && err.contains("连不上下载它的网站"), "{err}");
    assert!(err.contains("[6] Could not resolve hostname"), "{err}");

    // this cargo installs an mdBook that writes one page
    let installed = course.path().join("mdbook");
    script(
        &installed,
        "test \"$1\" = --version && echo mdbook v0.5.4 && exit\n\
         mkdir -p \"$4\"; cat \"$2/page.html\" > \"$4/index.html\"\n",
    );
    fs::create_dir_all(course.path().join("xtask/book/site")).unwrap();
    let page = course.path().join("xtask/book/site/page.html");
    fs::write(&page, "<h1 id=\"a\">好</h1><a href=\"#a\">甲</a>").unwrap();
    let place = course.path().join("target/mdbook/bin");
    let (place, installed) = (place.display(), installed.display());
    script(&cargo, &format!("mkdir -p {place}; cp {installed} {place}/mdbook\n"));
    let (code, out, err) = xtask(course.path(), &["book"], "", &cargo);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        err.contains("安装 mdBook 0.5.4") && out.contains("target/book/index.html"),
        "{out}{err}"
    );

    // now nothing is installed any more, and a link that leads nowhere is named
    fs::write(&page, "<a href=\"没有.html\">甲</a>").unwrap();
    let (code, out, err) = xtask(course.path(), &["book"], "", Path::new("/nonexistent"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("书里有断了的链接\n  index.html 里的 没有.html"), "{err}");
    assert!(!err.contains("安装"), "{err}");
}
