//! What was left behind, and what should not have been printed.

use course::script::Scene;
use events::{Event, FileFinding, Kind, Stream};

use super::{Failure, Rule, Subject, failure, lines_of};

/// What was left behind, and what should not have been printed.
pub fn leftovers(scene: &Scene, events: &[Event]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for rule in &scene.forbidden {
        for stream in [Stream::Out, Stream::Err] {
            let found = lines_of(events, rule.terminal, stream)
                .find(|(_, line)| rule.pattern.matches_alone(&line.text, None));
            if let Some((event, line)) = found {
                let mut failure =
                    failure(Rule::Forbidden, rule.line, rule.terminal, "", Some(event));
                failure.expected =
                    Some(format!("不出现：{}", rule.pattern.render(None, &Default::default())));
                failure.got = Some(line.text.clone());
                failures.push(failure);
            }
        }
    }
    for (index, event) in events.iter().enumerate() {
        let (rule, line, subject, detail) = match &event.kind {
            Kind::File { compared, finding } => {
                let wanted = &scene.compared[*compared];
                let Some(detail) = file_in_words(finding) else { continue };
                (Rule::File, wanted.line, Subject::File(wanted.path.clone()), detail)
            }
            Kind::StrayFile { path, bytes } => {
                let detail = match (path.ends_with('/'), path.starts_with('/')) {
                    (true, true) => "场景的文件夹被移到了这里".to_owned(),
                    (true, false) => "空的文件夹；剧本里没有提到它".to_owned(),
                    (false, _) => format!("{bytes} 字节；剧本里没有提到它"),
                };
                (Rule::StrayFile, scene.line, Subject::File(path.clone()), detail)
            }
            Kind::Orphan { pid, command, alive } => {
                let how = match alive {
                    true => "父进程已经结束，它还在运行",
                    false => "它结束时，父进程已经不在，没有人用 wait 等过它",
                };
                let subject = Subject::Process { pid: *pid, command: command.clone() };
                (Rule::Orphan, scene.line, subject, format!("进程 {pid}：{how}"))
            }
            _ => continue,
        };
        let (expected, got, event) = (None, None, Some(index));
        failures.push(Failure { rule, line, subject, expected, got, detail, event });
    }
    failures
}

fn file_in_words(outcome: &FileFinding) -> Option<String> {
    Some(match outcome {
        FileFinding::Same => return None,
        FileFinding::Missing => "没有这个文件".to_owned(),
        FileFinding::Unwanted => "不应当有这个文件".to_owned(),
        FileFinding::Unreadable(why) => format!("读不了：{why}"),
        FileFinding::Differs { at, found, expected } if found != expected => {
            format!(
                "大小不对：应当 {expected} 字节，实际 {found} 字节；从第 {} 个字节起不同",
                at + 1
            )
        }
        FileFinding::Differs { at, .. } => format!("从第 {} 个字节起不同", at + 1),
    })
}
