//! What a script demands, and the judge has seen with its own eyes that it was not done: who asks instead of waiting, how
//! many serve, who prints what and when.

use course::script::Practice;
use events::Activity;

use super::play::Play;
use super::{Code, Mistake};

/// What is called a mistake where a demand was not met, and what to change.
fn mistake_of(practice: Practice) -> Option<(Code, &'static str)> {
    Some(match practice {
        Practice::NoBusyWaiting => (
            Code::BusyWaiting,
            "用会等的调用：不带 WNOHANG 的 waitpid、阻塞的 recv、join、条件变量；要等的来了，内核叫醒它",
        ),
        Practice::FlatMemory => (
            Code::WholeFileInMemory,
            "循环：收一段，写（或者发）一段，用同一个缓冲区；不要 read_to_end、fs::read，不要把每一段都留着",
        ),
        Practice::ServedAtOnce(_) => (
            Code::TooManyServed,
            "先创建命令行给的那么多个工人线程，客户端放进队列（channel），谁空着谁来领；不要来一个创建一个",
        ),
        Practice::ServingThreads(_) => {
            (Code::ServingThreadsTooFew, "接受（accept）之后交给别的线程去接待，自己接着接受下一个")
        }
        Practice::ClientPort => (
            Code::ClientPortNotPrinted,
            "印对方的地址：accept 返回的那个，或者 peer_addr（getpeername(2)）；local_addr 是自己这一头的",
        ),
        Practice::WaitFirst => {
            (Code::PrintedBeforeWait, "先等到子进程（waitpid(2)，课里的 join），再印这一行")
        }
        Practice::MainAtOnce => (
            Code::MainNotAtOnce,
            "先创建线程，main 接着做自己的事，做完了再等它们：join 和 thread::scope 的末尾都要等到线程结束才往下走",
        ),
        _ => return None,
    })
}

/// Each demand that was not met.
pub fn find(play: &Play) -> Vec<Mistake> {
    let look = |demand: &course::script::Demand| {
        let (code, advice) = mistake_of(demand.practice)?;
        let failures = play.demands(demand.terminal, |one| one == demand.practice);
        let failure = &play.verdict.failures[*failures.first()?];
        let (event, got) = (failure.event?, failure.got.as_deref()?);
        let name = play.name(demand.terminal);
        let sentence = format!("「{name}」：{got}");
        let mistake = Mistake::new(code, event, demand.terminal, sentence, failures).mend(advice);
        let is_certain = !may_work(play, event) && !may_be_bounded(play, event);
        Some(if is_certain { mistake } else { mistake.perhaps() })
    };
    play.scene.demands.iter().filter_map(look).collect()
}

/// Whoever asks again and again may compute between two questions.
fn may_work(play: &Play, event: usize) -> bool {
    let mut its = play.deeds.iter().filter(|deed| deed.event == event);
    its.any(|deed| matches!(deed.activity, Activity::AskedInVain { idle: false, .. }))
}

/// What one thread receives may wait for another thread in a queue that has an end, only not yet.
fn may_be_bounded(play: &Play, event: usize) -> bool {
    let mut its = play.deeds.iter().filter(|deed| deed.event == event);
    its.any(|deed| {
        let grew = matches!(deed.activity, Activity::MemoryGrew { .. });
        grew && play.threads.values().any(|life| life.parent == Some(deed.pid))
    })
}
