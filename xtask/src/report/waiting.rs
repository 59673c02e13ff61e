//! Who waits in a standstill: a line for each.

use course::script::Scene;
use diagnose::{Cause, Waiter};
use text::{harmless, pad, width};

/// So many are shown; more say nothing new.
const MOST: usize = 12;

/// Terminal, process or thread, call, for whom, and where: in columns.
pub fn lines(scene: &Scene, cause: &Cause) -> Vec<String> {
    let waiters: Vec<&Waiter> = cause.waiters().collect();
    let shown = &waiters[..waiters.len().min(MOST)];
    let columns = |waiter: &Waiter| {
        let terminal = scene.terminals[waiter.terminal].name.clone();
        [terminal, thread(waiter), waiter.call.clone()]
    };
    let mut widths = [0; 3];
    for waiter in shown {
        for (widest, text) in widths.iter_mut().zip(columns(waiter)) {
            *widest = (*widest).max(width(&text));
        }
    }
    let mut lines: Vec<String> = shown
        .iter()
        .map(|waiter| {
            let cells = columns(waiter).into_iter().zip(widths);
            let mut line: String = cells.map(|(text, cells)| pad(&text, cells) + "  ").collect();
            line.push_str(&waiter.target);
            if let Some(place) = &waiter.place {
                line.push_str(&format!("；{place}"));
            }
            harmless(&line)
        })
        .collect();
    if waiters.len() > MOST {
        lines.push(format!("此外还有 {} 处", waiters.len() - MOST));
    }
    lines
}

/// The same of one, without columns.
pub fn sentence(scene: &Scene, waiter: &Waiter) -> String {
    let name = &scene.terminals[waiter.terminal].name;
    let place = waiter.place.as_ref().map_or_else(String::new, |place| format!("；{place}"));
    let Waiter { call, target, .. } = waiter;
    harmless(&format!("「{name}」，{}：停在{call}，{target}{place}", thread(waiter)))
}

fn thread(waiter: &Waiter) -> String {
    let Waiter { pid, tid, count, .. } = waiter;
    match count {
        1 if tid == pid => format!("进程 {pid}"),
        1 => format!("进程 {pid} 的线程 {tid}"),
        count => format!("进程 {pid} 的 {count} 个线程"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use events::Place;

    use course::script::parse;
    use diagnose::{Certainty, Code, Evidence};

    use super::*;

    fn waiter(terminal: usize, tid: i32, count: usize) -> Waiter {
        Waiter {
            terminal,
            pid: 10,
            tid,
            count,
            call: "接收（recv）".into(),
            target: "等「客」的数据".into(),
            unread: None,
            place: Some(Place { file: "a.rs".into(), line: 3, function: "main".into() }),
            since: Duration::ZERO,
        }
    }

    fn cause(waiters: Vec<Waiter>) -> Cause {
        Cause {
            about: 0,
            failure: None,
            consequences: Vec::new(),
            code: Code::StandstillUnexplained,
            certainty: Certainty::Candidate,
            culprit: None,
            place: None,
            evidence: waiters.into_iter().map(Evidence::Waits).collect(),
            remedy: None,
            fact: None,
            sentence: String::new(),
            advice: None,
        }
    }

    #[test]
    fn the_columns_stand_below_each_other() {
        let text = "场景 试\n服务器 $ lesson-s\n客 $ lesson-c\n";
        let scene = parse(text).unwrap().scenes.remove(0);
        let waiters = vec![waiter(0, 10, 1), waiter(1, 12, 1), waiter(0, 13, 64)];
        assert_eq!(
            lines(&scene, &cause(waiters)),
            [
                "服务器  进程 10               接收（recv）  等「客」的数据；a.rs:3",
                "客      进程 10 的线程 12     接收（recv）  等「客」的数据；a.rs:3",
                "服务器  进程 10 的 64 个线程  接收（recv）  等「客」的数据；a.rs:3",
            ]
        );
    }

    #[test]
    fn a_crowd_is_cut_short() {
        let scene = parse("场景 试\n主 $ lesson-s\n").unwrap().scenes.remove(0);
        let waiters = (0..20).map(|tid| waiter(0, tid, 1)).collect();
        let shown = lines(&scene, &cause(waiters));
        assert_eq!((shown.len(), shown[MOST].as_str()), (MOST + 1, "此外还有 8 处"));
    }
}
