//! Programs with every mistake that the judge knows: each is rejected, with the rule named, and leaves
//! nothing behind.

#![cfg(target_os = "linux")]

mod support;

use std::path::Path;
use std::time::Duration;

use support::performance::example;
use support::{processes, scene, scene_with_patience, scene_within_a_limit};

use events::{Clock, Kind};
use judge::{Rule, Subject};
/// One program, `lesson-x`, in terminal 主.
fn one(program: &str, script: &str) -> support::Played {
    scene(&[("x", program)], &format!("主 $ lesson-x\n{script}"))
}

/// A command that nobody else runs at the same time.
fn marker() -> String {
    format!("sleep 2222{}", std::process::id())
}

#[test]
fn a_right_program_passes() {
    let played = one("echo 一; echo 二", "主 | 一\n主 | 二\n");
    assert_eq!(played.rules(), []);
}

#[test]
fn another_text_is_named_with_both_texts() {
    let played = one("echo 客户端受到:welcome", "主 | 客户端收到:welcome\n");
    assert_eq!(played.rules(), [Rule::Text]);
    let failure = played.failure(Rule::Text);
    assert_eq!(failure.line, 3);
    assert_eq!(failure.expected.as_deref(), Some("客户端收到:welcome"));
    assert_eq!(failure.got.as_deref(), Some("客户端受到:welcome"));
}

#[test]
fn the_same_mistake_in_every_line_is_one_of_text() {
    assert_eq!(one("echo 乙1; echo 乙2; echo 乙3", "主 | 甲{1..3}\n").rules(), [Rule::Text]);
    let played = one("yes 错的行 | head -n 1000", "主 |1000 次| 对的行\n");
    assert_eq!(played.rules(), [Rule::Text]);
}

#[test]
fn a_slip_in_one_of_two_lanes_is_blamed_on_that_lane() {
    let script = "主/p1 进程 | 正在敲第{1..19}遍代码\n主/p2 进程 | 正在听第{1..19}遍音乐\n";
    let program = "echo 正在敲第1遍代码; echo 正在听弟1遍音乐; echo 正在听弟2遍音乐
        for i in $(seq 2 19); do echo 正在敲第${i}遍代码; done
        for i in $(seq 3 19); do echo 正在听弟${i}遍音乐; done";
    let played = one(program, script);
    assert_eq!(played.rules(), [Rule::Text]);
    // the second lane that the script names
    assert_eq!(played.failure(Rule::Text).subject, Subject::Lane(1));
}

#[test]
fn a_line_on_standard_error_instead_is_named_as_that() {
    let played = one("echo 一 >&2", "主 | 一\n");
    assert_eq!(played.rules(), [Rule::Missing]);
    assert!(played.failure(Rule::Missing).detail.contains("标准错误"));
}

#[test]
fn a_missing_a_doubled_and_a_swapped_line_are_told_apart() {
    let script = "主 | 一\n主 | 二\n主 | 三\n";
    assert_eq!(one("echo 一; echo 三", script).rules(), [Rule::Missing]);
    assert_eq!(one("echo 一; echo 二", script).rules(), [Rule::Missing]);
    assert_eq!(one(":", script).rules(), [Rule::Missing]);
    assert_eq!(one("echo 一; echo 二; echo 二; echo 三", script).rules(), [Rule::Extra]);
    assert_eq!(one("echo 一; echo 三; echo 二", script).rules(), [Rule::Order]);
    assert_eq!(one("echo 一; echo 二; echo 三; echo 四", script).rules(), [Rule::Extra]);
}

#[test]
fn a_count_is_exact() {
    let script = "主 |1000 次| 行\n主 | 完\n";
    let lines = |count: u32| format!("yes 行 | head -n {count}; echo 完");
    assert_eq!(one(&lines(1000), script).rules(), []);
    assert_eq!(one(&lines(999), script).rules(), [Rule::Missing]);
    assert_eq!(one(&lines(1001), script).rules(), [Rule::Extra]);
    let script = "主 |5..6 次| 忙\n";
    for (count, rules) in
        [(4, vec![Rule::Missing]), (5, vec![]), (6, vec![]), (7, vec![Rule::Extra])]
    {
        assert_eq!(one(&format!("yes 忙 | head -n {count}"), script).rules(), rules, "{count}");
    }
}

#[test]
fn names_must_agree_and_differ_as_the_script_says() {
    let script = "主 | pid<a:数>\n主 | 又是<a>\n主 | 另一个<b:数>\n不同 <a> <b>\n";
    assert_eq!(one("echo pid7; echo 又是7; echo 另一个8", script).rules(), []);
    let played = one("echo pid7; echo 又是8; echo 另一个9", script);
    assert_eq!(played.rules(), [Rule::Value]);
    assert_eq!(played.failure(Rule::Value).detail, "<a> 前面是 7，这里是 8：两处应当相同");
    assert_eq!(one("echo pid7; echo 又是7; echo 另一个7", script).rules(), [Rule::Distinct]);
    assert_eq!(one("echo pid七; echo 又是7; echo 另一个7", script).rules(), [Rule::Text]);
}

#[test]
fn half_a_line_is_not_a_line() {
    assert_eq!(one("printf 一", "主 | 一\n").rules(), [Rule::Newline]);
}

#[test]
fn output_in_the_wrong_terminal_is_named_as_that() {
    let script = "甲 $ lesson-a\n甲 结束\n乙 $ lesson-b\n甲 | 一\n乙 | 二\n";
    let played = scene(&[("a", "echo 一"), ("b", "echo 二")], script);
    assert_eq!(played.rules(), []);
    let played = scene(&[("a", "echo 一; echo 二"), ("b", ":")], script);
    assert_eq!(played.rules(), [Rule::Terminal]);
    assert_eq!(played.failure(Rule::Terminal).line, 6);
}

#[test]
fn a_divider_orders_programs() {
    // the second one waits for the file that the first one leaves when it has printed and some time has passed
    let programs = |tenths: u32| {
        let first = format!("echo 一; sleep {}.{}; touch first", tenths / 10, tenths % 10);
        let second = "until test -e first; do sleep 0.01; done; echo 二";
        vec![("a", first), ("b", second.to_owned())]
    };
    let script = |above: &str, below: &str| {
        format!("甲 $ lesson-a\n乙 $ lesson-b\n{above}\n----\n{below}\n核对 first = 「」\n")
    };
    let right = scene_with_patience(programs, &script("甲 | 一", "乙 | 二"), |_| true);
    assert_eq!(right.rules(), []);
    // on a busy machine both lines may be found at once: then nobody knows which one came first
    let is_seen = |played: &support::Played| played.rules() == [Rule::Divider];
    let wrong = scene_with_patience(programs, &script("乙 | 二", "甲 | 一"), is_seen);
    assert_eq!(wrong.rules(), [Rule::Divider]);
}

#[test]
fn exit_codes_and_signals() {
    let played = one("echo 出错了 >&2; exit 3", "");
    assert_eq!(played.rules(), [Rule::Exit]);
    assert_eq!(played.failure(Rule::Exit).detail, "它最后说：出错了");
    assert_eq!(one("exit 3", "主 结束 3\n").rules(), []);
    assert_eq!(one("exit 2", "主 结束 3\n").rules(), [Rule::Exit]);
    assert_eq!(one("kill -9 $$", "").rules(), [Rule::Exit]);
    assert_eq!(one("kill -9 $$", "主 结束 被 KILL\n").rules(), []);
}

#[test]
fn a_program_that_should_run_for_ever_and_ends_is_rejected() {
    assert_eq!(one("exec sleep 1000", "主 停止\n").rules(), []);
    // the second program ends when the first has ended and has been waited for
    let first = "echo $$ > pid.new; mv pid.new pid";
    let second = "until test -e pid; do sleep 0.01; done; p=$(cat pid); rm pid
        while kill -0 $p 2>/dev/null; do sleep 0.01; done";
    let script = "甲 $ lesson-a\n乙 $ lesson-b\n乙 结束\n甲 停止\n";
    assert_eq!(scene(&[("a", first), ("b", second)], script).rules(), [Rule::Exit]);
}

#[test]
fn a_program_that_never_ends_is_ended_at_the_limit() {
    let marker = marker();
    let played = one(&format!("exec {marker}"), "限时 1 秒\n");
    assert_eq!(played.rules(), [Rule::Time]);
    assert!(played.time >= Duration::from_secs(1));
    assert_eq!(processes(&marker), Vec::<String>::new());
}

#[test]
fn a_program_that_ignores_the_signal_is_ended_too() {
    let program = "trap '' INT TERM; echo 好; while :; do sleep 0.01; done";
    let script = "主 $ lesson-x\n主 | 好\n主 停止\n";
    let played =
        scene_within_a_limit(&[("x", program)], script, |played| played.rules() == [Rule::Time]);
    assert_eq!(played.rules(), [Rule::Time]);
}

#[test]
fn standard_error_must_say_what_the_script_says() {
    let script = "主 ! 正在监听 <..>\n";
    assert_eq!(one("echo 正在监听 1 >&2", script).rules(), []);
    assert_eq!(one("echo 别的 >&2; echo 正在监听 1 >&2", script).rules(), []);
    assert_eq!(one("echo 别的 >&2", script).rules(), [Rule::Stderr]);
}

#[test]
fn what_must_not_appear_is_found_on_both_streams() {
    let script = "主 不出现 | <..>密码<..>\n主 |任意次| <..>\n";
    assert_eq!(one("echo 没有", script).rules(), []);
    assert_eq!(one("echo 我的密码是", script).rules(), [Rule::Forbidden]);
    assert_eq!(one("echo 密码 >&2", script).rules(), [Rule::Forbidden]);
}

#[test]
fn a_panic_is_called_a_panic() {
    let program =
        "echo \"thread 'main' panicked at src/main.rs:3:5:\" >&2; echo 坏了 >&2; exit 101";
    let played = one(program, "");
    assert_eq!(played.rules(), [Rule::Panic]);
    assert!(played.failure(Rule::Panic).got.as_deref().unwrap().ends_with("坏了"));
}

#[test]
fn a_server_that_does_not_listen_is_rejected() {
    let script = "限时 1 秒\n主 监听 127.0.0.1:8888\n主 停止\n";
    assert_eq!(one("exec sleep 1000", script).rules(), [Rule::Listen]);
    assert!(one("exit 1", script).rules().starts_with(&[Rule::Listen]));
}

#[test]
fn a_client_that_does_not_connect_is_rejected() {
    let played = one("exit 0", "主 连接 127.0.0.1:8888\n");
    assert_eq!(played.rules(), [Rule::Connect]);
}

#[test]
fn files_are_compared_and_strays_found() {
    let script = "准备 原文 = 「字」\n核对 副本 = 原文\n";
    assert_eq!(one("cp 原文 副本", script).rules(), []);
    assert_eq!(one(":", script).rules(), [Rule::File]);
    assert_eq!(one("printf 子 > 副本", script).rules(), [Rule::File]);
    assert_eq!(one("cp 原文 副本; touch 多余", script).rules(), [Rule::StrayFile]);
}

/// `run` names them, whether the scene came to its end or not.
#[test]
fn new_files_are_told_also_when_the_scene_is_cut() {
    let script = "准备 原文 = 「字」\n核对 副本 = 原文\n";
    let program = "mkdir d; cp 原文 d/别的; cp 原文 副本";
    let new = |played: &support::Played| -> Vec<(String, u64)> {
        let told = played.events.iter().filter_map(|event| match &event.kind {
            Kind::NewFile { path, bytes } => Some((path.clone(), *bytes)),
            _ => None,
        });
        told.collect()
    };
    let expected = [("d/别的".to_owned(), 3), ("副本".to_owned(), 3)];
    assert_eq!(new(&one(program, script)), expected);
    let program = format!("{program}; exec sleep 1000");
    let script = format!("主 $ lesson-x\n{script}");
    let cut = scene_within_a_limit(&[("x", &program)], &script, |played| new(played) == expected);
    assert_eq!((cut.rules(), new(&cut)), (vec![Rule::Time], expected.to_vec()));
}

#[test]
fn processes_left_behind_are_found_and_ended_however_they_hide() {
    let marker = marker();
    for program in [
        "sleep 2222 & echo 走",
        "setsid sleep 2222 & echo 走",
        "(setsid sh -c 'sleep 2222 & exit' &) ; echo 走",
        "sh -c 'trap \"\" TERM INT HUP; while :; do sleep 2222; done' & echo 走",
        "nohup sleep 2222 >/dev/null 2>&1 </dev/null & echo 走",
    ] {
        let program = program.replace("sleep 2222", &marker);
        let played = one(&program, "主 | 走\n");
        assert!(played.rules().contains(&Rule::Orphan), "{program}: {:?}", played.rules());
        assert_eq!(processes(&marker), Vec::<String>::new(), "{program}");
    }
}

#[test]
fn a_child_that_nobody_waited_for_is_found_even_when_it_has_ended() {
    // exec: the shell that started the child is replaced by a program that never waits
    let played = one("true & exec sleep 0.2", "");
    assert_eq!(played.rules(), [Rule::Orphan]);
}

#[test]
fn printing_without_end_is_stopped() {
    let played = one("exec yes 没完没了", "主 | 完\n");
    assert!(played.rules().contains(&Rule::TooMuchOutput), "{:?}", played.rules());

    // of short lines it is their number
    let played = one("exec yes", "主 | 完\n");
    assert!(played.rules().contains(&Rule::TooMuchOutput), "{:?}", played.rules());
    let bytes = played.events.iter().find_map(|event| match event.kind {
        Kind::TooMuchOutput { bytes, .. } => Some(bytes),
        _ => None,
    });
    assert!(bytes.is_some_and(|bytes| bytes < limits::OUTPUT / 2), "{bytes:?}");
}

#[test]
fn binary_output_and_a_huge_line_do_no_harm() {
    let played = one("printf '\\377\\376\\000\\033[2J\\n'", "主 | 一\n");
    assert_eq!(played.rules(), [Rule::Text]);
    let played = one("head -c 9000000 /dev/zero | tr '\\0' a; echo", "主 | 一\n");
    assert_eq!(played.rules(), [Rule::Text]);
}

#[test]
fn a_closed_stdout_is_an_early_end_of_output() {
    assert_eq!(one("exec >&-; sleep 0.1", "").rules(), []);
    assert_eq!(one("echo 一; exec >&-; sleep 0.1", "主 | 一\n主 | 二\n").rules(), [Rule::Missing]);
}

#[test]
fn input_is_typed_line_by_line_and_closed() {
    let script =
        "主 < 第一行\n主 < 第二行\n主 输入完\n主 | 读到第一行\n主 | 读到第二行\n主 | 没有了\n";
    let program = "while read -r l; do echo 读到$l; done; echo 没有了";
    assert_eq!(one(program, script).rules(), []);
    // a program that is not typed to finds its input empty
    assert_eq!(one("cat; echo 空", "主 | 空\n").rules(), []);
}

#[test]
fn a_value_that_was_printed_becomes_an_argument() {
    let script = "甲 $ lesson-a\n甲 ! 端口 <p:数>\n乙 $ lesson-b --addr 127.0.0.1:<p>\n乙 | --addr 127.0.0.1:4242\n";
    let played = scene(&[("a", "sleep 0.05; echo 端口 4242 >&2"), ("b", "echo \"$@\"")], script);
    assert_eq!(played.rules(), []);
}

#[test]
fn a_program_that_cannot_be_started_is_named() {
    assert_eq!(one("", "主 | 一\n").rules(), [Rule::Start, Rule::Missing]);
}

#[test]
fn a_file_that_is_a_pipe_or_was_changed_together_with_its_copy_is_rejected() {
    let script = "准备 原文 = 「字」\n核对 副本 = 原文\n";
    assert_eq!(one("mkfifo 副本", script).rules(), [Rule::File]);
    assert_eq!(one("ln -s 原文 副本", script).rules(), [Rule::File]);
    assert_eq!(one(": > 原文; : > 副本", script).rules(), [Rule::File, Rule::File]);
}

#[test]
fn a_program_that_ends_before_it_is_stopped_is_rejected_whatever_its_exit_code() {
    let first = "echo $$ > pid.new; mv pid.new pid";
    let second = "until test -e pid; do sleep 0.01; done; p=$(cat pid); rm pid
        while kill -0 $p 2>/dev/null; do sleep 0.01; done";
    let script = "甲 $ lesson-a\n乙 $ lesson-b\n乙 结束\n甲 停止\n甲 结束\n";
    assert_eq!(scene(&[("a", first), ("b", second)], script).rules(), [Rule::Exit]);
}

#[test]
fn every_listen_direction_is_checked() {
    let script = "限时 1 秒\n主 监听 127.0.0.1:8888\n主 监听 127.0.0.1:9999\n主 停止\n";
    let played = one("exec sleep 1000", script);
    assert_eq!(played.rules(), [Rule::Listen]);
    assert_eq!(played.failure(Rule::Listen).line, 4);
}

#[test]
fn a_line_from_above_a_divider_may_not_come_after_one_from_below() {
    let script = "主/子 进程 |5..6 次| 忙\n----\n主 | 完\n";
    assert_eq!(one("yes 忙 | head -n 6; echo 完", script).rules(), []);
    let rules = one("yes 忙 | head -n 5; echo 完; echo 忙", script).rules();
    assert!(!rules.is_empty());
}

#[test]
fn a_stopped_program_takes_its_children_along_as_in_a_terminal() {
    let program = "(trap - INT; exec sleep 1000) & echo 好; wait";
    assert_eq!(one(program, "主 | 好\n主 停止 TERM\n").rules(), []);
    // a child that does not go is left behind
    let program = "sh -c \"trap '' TERM; echo 好; while :; do sleep 0.01; done\" & wait";
    assert_eq!(one(program, "主 | 好\n主 停止 TERM\n").rules(), [Rule::Orphan]);
}

#[test]
fn of_several_signals_the_last_one_counts() {
    let program = "trap '' TERM; echo 好; while :; do sleep 0.01; done";
    assert_eq!(one(program, "主 | 好\n主 停止 TERM\n主 停止 KILL\n").rules(), []);
}

#[test]
fn lanes_that_are_all_alike_are_no_trouble() {
    let lanes: String = (0..17).map(|lane| format!("主/k{lane} 线程 | 好\n")).collect();
    let lines = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do echo 好; done";
    let played = one(lines, &lanes);
    assert_eq!(played.rules(), []);
    assert_eq!(played.verdict.unchecked.len(), 17);
}

#[test]
fn a_hundred_thousand_different_lines_are_no_trouble() {
    assert_eq!(one("seq 1 100000", "主 | {1..100000}\n").rules(), []);
}

#[test]
fn a_long_line_against_many_gaps_does_not_hold_up_the_scene() {
    let program = "head -c 60000 /dev/zero | tr '\\0' a >&2; echo >&2";
    let played = one(program, "主 ! <..>a<..>a<..>b\n主 等待\n");
    assert_eq!(played.rules(), [Rule::Stderr]);
    let played = one("head -c 2000000 /dev/zero | tr '\\0' a; echo", "主 | <n>完\n");
    assert_eq!(played.rules(), [Rule::Text]);
}

#[test]
fn a_listener_elsewhere_is_named() {
    let server = format!("exec python3 -c '{PYTHON_SERVER}'");
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        return; // nothing else listens without a crate of its own
    }
    let elsewhere = "它监听的是 0.0.0.0:8887";
    let script = "主 $ lesson-x\n主 监听 127.0.0.1:8888\n";
    let played = scene_within_a_limit(&[("x", &server)], script, |played| {
        played.rules() == [Rule::Listen] && played.failure(Rule::Listen).detail == elsewhere
    });
    assert_eq!(played.rules(), [Rule::Listen]);
    assert_eq!(played.failure(Rule::Listen).detail, elsewhere);
}

#[test]
fn a_scene_has_its_second_interface_and_only_its_own() {
    if stage::network::probe_interface(Path::new(env!("CARGO_BIN_EXE_xtask"))).is_err() {
        return; // `a_scene_that_cannot_be_played_here_is_neither_passed_nor_failed` is about this machine
    }
    // the table of local addresses: proc_net(5)
    let program = "grep -o '192.0.2.77$' /proc/net/fib_trie | sort -u; echo 完";
    assert_eq!(one(program, "网卡 192.0.2.77\n主 | 192.0.2.77\n主 | 完\n").rules(), []);
    assert_eq!(one(program, "主 | 完\n").rules(), []);
}

const PYTHON_SERVER: &str =
    "import socket,time;s=socket.socket();s.bind((\"0.0.0.0\",8887));s.listen();time.sleep(999)";

#[test]
fn taking_memory_without_end_is_stopped() {
    let played = one(&format!("exec {} takes-memory", example("hostile").display()), "");
    assert!(played.rules().contains(&Rule::Memory), "{:?}", played.rules());
}

#[test]
fn filling_the_disk_is_stopped() {
    let played = one("fallocate -l 4G groß; exec sleep 1000", "");
    assert!(played.rules().contains(&Rule::Disk), "{:?}", played.rules());
}

#[test]
fn a_program_that_hops_from_fork_to_fork_is_caught() {
    // every process starts the next one and ends at once; the count keeps the test finite if it is not caught
    let hop = "hop() { if [ $1 -gt 0 ]; then hop $(($1-1)) & fi; }; hop 3000; echo 走";
    let played = one(hop, "主 | 走\n");
    assert!(played.rules().contains(&Rule::Orphan), "{:?}", played.rules());
    assert!(!played.rules().contains(&Rule::Extra), "{:?}", played.rules());
}

#[test]
fn a_program_that_stops_itself_is_ended_at_the_limit() {
    assert_eq!(one("kill -STOP $$", "限时 1 秒\n").rules(), [Rule::Time]);
}

#[test]
fn a_line_of_a_gigabyte_is_cut_short() {
    let played = one("head -c 1000000000 /dev/zero | tr '\\0' a", "主 | 一\n");
    assert!(played.rules().starts_with(&[Rule::TooMuchOutput]), "{:?}", played.rules());
}

#[test]
fn a_program_that_removes_its_own_folder_harms_only_itself() {
    let played = one("d=$PWD; cd /; rm -rf \"$d\"; echo 走", "准备 a = 「字」\n主 | 走\n");
    assert_eq!(played.rules(), [Rule::File]);
    let played = one("chmod 0 .; echo 走", "主 | 走\n");
    assert_eq!(played.rules(), []);
}

#[test]
fn two_programs_that_fail_are_both_reported() {
    let script = "甲 $ lesson-a\n乙 $ lesson-b\n甲 | 一\n乙 | 二\n";
    let played = scene(&[("a", "echo 三; exit 4"), ("b", "kill -SEGV $$")], script);
    assert_eq!(played.rules(), [Rule::Exit, Rule::Exit, Rule::Text, Rule::Missing]);
}

#[test]
fn a_signal_to_whoever_is_outside_is_rejected_and_does_no_harm() {
    // traced, it is not sent; else the scene cannot be played to its end
    let script = "主 $ lesson-x\n主 | 一\n";
    for (program, whom) in [
        ("kill -9 $PPID; echo 一", "那是启动它的程序"),
        // a signal that does nothing, should it be sent after all
        ("kill -URG -1; echo 一", "它能发到的所有进程"),
        ("kill -URG -$(ps -o pgid= $PPID | tr -d ' '); echo 一", "那不是场景里的"),
    ] {
        let played =
            support::play_scene(&[("x", program)], script, Some(Clock::Virtual { seed: 0 }));
        assert_eq!(played.rules(), [Rule::StraySignal], "{program}");
        let detail = &played.failure(Rule::StraySignal).detail;
        assert!(detail.contains(whom), "{program}: {detail}");
    }
    let inside = "sleep 5 & kill $!; wait $!; kill -0 $PPID; echo 一";
    let played = support::play_scene(&[("x", inside)], script, Some(Clock::Virtual { seed: 0 }));
    assert_eq!(played.rules(), [], "its own child, and a question only");
}

#[test]
fn a_program_that_kills_its_helper_leaves_nothing() {
    let marker = marker();
    let program = format!("setsid {marker} & setsid sh -c '{marker} & {marker}' & kill -9 $PPID");
    let error = support::try_play(&[("x", &program)], "主 $ lesson-x\n", None).unwrap_err();
    assert!(error.to_string().contains("给父进程发信号"), "{error}");
    assert_eq!(processes(&marker), Vec::<String>::new());
}
