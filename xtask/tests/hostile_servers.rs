//! Servers with every bad habit, against the course's own client: each gets the verdict that it deserves,
//! and the next scene is not affected.

#![cfg(target_os = "linux")]

#[path = "support/performance.rs"]
mod performance;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use performance::{Performance, example, within_a_limit};

use judge::Rule;
use stage::Program;

/// The server under test and the client of lesson 01.
static PROGRAMS: LazyLock<BTreeMap<String, Program>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let client = "lesson-01-one-sentence-client";
    let built = xtask::cargo::build(&root, &[client], xtask::cargo::Profile::Dev).unwrap();
    let built = built.all().unwrap();
    let address = Some("127.0.0.1:8888".parse().unwrap());
    let program = |path: PathBuf| Program { path, address };
    BTreeMap::from([
        (client.to_owned(), program(built[client].clone())),
        ("lesson-hostile".to_owned(), program(example("hostile"))),
    ])
});

const LISTEN: &str = "服务器端 监听 127.0.0.1:8888\n";
const CLIENT: &str =
    "客户端 $ lesson-01-one-sentence-client\n客户端 | 客户端收到:welcome to socket\n";
const SERVER: &str =
    "服务器端 | 服务器端收到来自127.0.0.1:<端口:数>的信息:socket很好玩，很有趣，我很喜欢！\n";

/// The rules that are broken by a server of lesson 01 that behaves like `mode`, each once.
fn rules_within(mode: &str, limit: Option<u32>) -> Vec<Rule> {
    let limit = limit.map(|seconds| format!("限时 {seconds} 秒\n")).unwrap_or_default();
    let script = format!(
        "{limit}服务器端 $ lesson-hostile {mode}\n{LISTEN}{CLIENT}{SERVER}客户端 结束\n服务器端 结束\n"
    );
    let played = Performance::of(&script).with(PROGRAMS.clone()).play().unwrap();
    let mut rules: Vec<Rule> = Vec::new();
    for rule in played.rules() {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

/// Of one that comes to an end by itself.
fn rules(mode: &str) -> Vec<Rule> {
    rules_within(mode, None)
}

#[test]
fn a_right_server_and_a_late_one_pass() {
    assert_eq!(rules("right"), []);
    assert_eq!(rules("listens-late"), []);
}

#[test]
fn a_server_that_never_listens_or_never_accepts_is_named() {
    assert_eq!(rules_within("never-listens", Some(1))[0], Rule::Listen);
    let play = |limit| rules_within("never-accepts", Some(limit));
    assert_eq!(within_a_limit(play, |rules| rules[0] == Rule::Time)[0], Rule::Time);
}

#[test]
fn a_server_that_resets_or_closes_without_a_word_is_named() {
    // the client says on standard error what happened to it, and ends with 1
    assert_eq!(rules("resets"), [Rule::Exit, Rule::Missing]);
    assert!(rules("silent").contains(&Rule::Missing));
}

#[test]
fn half_an_answer_and_half_a_line_are_named() {
    assert_eq!(rules("answers-half"), [Rule::Text]);
    let half = rules("half-a-line");
    assert!(half.contains(&Rule::Text) || half.contains(&Rule::Newline), "{half:?}");
}

/// TCP may cut anywhere: what the client shows then is what the notes warn of.
#[test]
fn an_answer_in_pieces_is_not_taken_for_a_whole_one() {
    assert!(rules("answers-in-pieces").contains(&Rule::Text));
}

#[test]
fn a_server_that_does_not_print_what_it_hears_is_named() {
    assert_eq!(rules("deaf").last(), Some(&Rule::Missing));
}

#[test]
fn a_server_that_never_ends_or_leaves_its_port_open_is_named_and_the_next_one_unaffected() {
    let play = |limit| rules_within("never-closes", Some(limit));
    assert_eq!(within_a_limit(play, |rules| *rules == [Rule::Time]), [Rule::Time]);
    assert_eq!(rules("leaves-the-port-open"), [Rule::Orphan]);
    assert_eq!(rules("right"), []);
}
