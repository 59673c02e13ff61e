//! Time and everything else that a scene may not use without end.

use std::time::Duration;

use course::script::{Action, Scene};
use events::{Event, Excess, Kind};

use super::{Failure, Rule, Subject, exit_of, failure};

/// The scene used too much of something.
pub(super) fn excess(scene: &Scene, excess: &Excess, event: usize) -> Failure {
    let (rule, detail) = match excess {
        Excess::Processes(count) => (Rule::Processes, format!("同时有 {count} 个以上的进程")),
        Excess::Memory(bytes) => {
            (Rule::Memory, format!("所有进程一共占用 {} MiB 内存", bytes >> 20))
        }
        Excess::Disk(bytes) => (Rule::Disk, format!("场景的文件夹里已经有 {} MiB", bytes >> 20)),
    };
    let (line, subject) = (scene.line, Subject::Scene);
    Failure { rule, line, subject, expected: None, got: None, detail, event: Some(event) }
}

/// Time was up before the scene was over.
pub(super) fn out_of_time(scene: &Scene, events: &[Event], failures: &mut Vec<Failure>) {
    let found = events.iter().enumerate().find_map(|(index, event)| match event.kind {
        Kind::OutOfTime { direction, waited, .. } => Some((index, direction, waited)),
        _ => None,
    });
    let Some((index, direction, waited)) = found else { return };
    let direction = direction.map(|direction| &scene.directions[direction]);
    // reported as not listening
    if failures.iter().any(|failure| failure.rule == Rule::Listen) {
        return;
    }
    let running: Vec<&str> = (0..scene.terminals.len())
        .filter(|terminal| is_running(events, *terminal))
        .map(|terminal| scene.terminals[terminal].name.as_str())
        .collect();
    let terminal = direction
        .map(|direction| direction.terminal)
        .or_else(|| (0..scene.terminals.len()).find(|terminal| is_running(events, *terminal)));
    let line = direction.map_or(scene.line, |direction| direction.line);
    let waiting = waiting_in_words(direction.map(|direction| &direction.action));
    let detail = format!(
        "{}没有结束：{waiting}；还在运行的：{}",
        how_long(scene.limit, waited),
        if running.is_empty() { "没有".to_owned() } else { running.join("、") }
    );
    let terminal = terminal.unwrap_or(0);
    failures.push(failure(Rule::Time, line, terminal, &detail, Some(index)));
}

/// How long the programs had, in words. `waited`: so long they were waited for on our clock, which was up first.
fn how_long(limit: Duration, waited: Option<Duration>) -> String {
    let limit = limit.as_secs();
    match waited.map(|waited| waited.as_secs()).filter(|waited| *waited > limit) {
        None => format!("{limit} 秒内"),
        Some(waited) => format!("时限是 {limit} 秒，真实的时间等了 {waited} 秒，还"),
    }
}

/// What the runner waits for at a direction; `None`: all steps are done.
pub fn waiting_in_words(action: Option<&Action>) -> &'static str {
    match action {
        Some(Action::End(_)) => "在等它结束",
        Some(Action::Stop(_)) => "在等它印出上面的行，然后停止它",
        Some(Action::Await) => "在等它印出上面的行",
        Some(Action::Listen(_)) => "它已经在监听，在等它印出写在「监听」上面的行",
        Some(Action::Connect(_)) => "在等它连上",
        Some(Action::Start { .. }) => "在等参数里的名字出现",
        Some(Action::Type(_)) => "在等它读走输入",
        _ => "在等所有程序结束",
    }
}

fn is_running(events: &[Event], terminal: usize) -> bool {
    let started = events
        .iter()
        .any(|event| matches!(event.kind, Kind::Started { terminal: t, .. } if t == terminal));
    started && exit_of(events, terminal).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_somebody_was_waited_for_is_what_is_said() {
        let seconds = Duration::from_secs;
        assert_eq!(how_long(seconds(20), None), "20 秒内");
        // a busy machine's moment more
        let moment = Some(seconds(20) + Duration::from_millis(3));
        assert_eq!(how_long(seconds(20), moment), "20 秒内");
        let long = how_long(seconds(20), Some(seconds(62)));
        assert_eq!(long, "时限是 20 秒，真实的时间等了 62 秒，还");
    }
}
