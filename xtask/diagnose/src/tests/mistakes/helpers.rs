//! Other programs that a program runs: they are children of it, and none of its work.

use super::*;

/// A program makes a child, which runs this.
fn makes(script: &str, program: &str) -> Story {
    let mut story = Story::of(script);
    story.makes(10, 11, false);
    story.does(11, Activity::Exec { program: program.into(), args: Vec::new() });
    story.exits(11, 0);
    story.done(10, Call::Wait { child: Some(11), ended: Some(Exit::Code(0)) }, 11);
    story.exits(10, 0);
    story.everything_breaks();
    story
}

#[test]
fn another_program_is_no_process_that_should_have_been_a_thread() {
    let named = |program| makes("主 $ lesson-x\n主 做法 创建 2 个线程\n", program).named();
    assert!(named("x").contains(&Code::ProcessesForThreads), "it runs itself");
    assert!(!named("/usr/bin/date").contains(&Code::ProcessesForThreads));
}

#[test]
fn another_program_is_named_where_processes_are_counted() {
    let few = makes("主 $ lesson-x\n主 做法 创建 2 个子进程\n", "/usr/bin/date");
    let said = few.cause(Code::WorkersTooFew).sentence;
    assert!(said.contains("只创建了 1 个子进程（其中 1 个执行了别的程序，例如 date）"), "{said}");
    let none = makes("主 $ lesson-x\n主 做法 创建 0 个子进程\n", "/usr/bin/date");
    let said = none.cause(Code::WorkersNotWanted).sentence;
    assert!(said.contains("例如 date"), "{said}");
}
