//! Names of files that were received.

use course::script::{Content, Practice, Prepared};
use events::{FileFinding, Kind};
use judge::{Rule, Subject};

use super::ends::End;
use super::play::Play;
use super::stored::{is, made};
use super::{Code, Mistake};

/// The failures of a file.
fn of_file(play: &Play, path: &str) -> Vec<usize> {
    play.failures(|failure| failure.subject == Subject::File(path.to_owned()))
}

/// Files of two clients had the same name.
pub fn same_name(play: &Play) -> Vec<Mistake> {
    let look = |name: &str| {
        let by = |event: usize, terminal: usize| {
            let open = play.ends.iter().filter(|end| {
                end.accepted && end.terminal == terminal && end.opened < event && end.received() > 0
            });
            open.map(|end| end.opened).next_back()
        };
        let mut all = made(play, name);
        all.sort_unstable();
        let (first, terminal) = *all.first()?;
        let (second, _) =
            *all.iter().find(|(event, _)| by(*event, terminal) != by(first, terminal))?;
        let sentence = format!(
            "「{}」把两个客户端的文件都存成了 {name}：后一个顶替了前一个",
            play.name(terminal)
        );
        let mut failures = play.files_of(&[terminal]);
        failures.extend(play.failures_of(terminal, &[Rule::Stderr]));
        if !failures.is_empty() {
            failures.extend(play.waited_for(terminal));
        }
        let code = Code::SameNameTwice;
        // whose bytes it were is known by the order only
        let mistake = Mistake::new(code, second, terminal, sentence, failures).perhaps();
        Some(mistake.mend(
            "每个文件一个新的编号：找最小的空号；给名字的时候不覆盖已有的（link、create_new）",
        ))
    };
    let names = play.scene.compared.iter().filter(|one| one.content.is_some());
    names.filter_map(|one| look(&one.path)).take(1).collect()
}

/// A file that was there before, and had to stay, was written.
pub fn overwritten(play: &Play) -> Vec<Mistake> {
    let is_kept = |prepared: &&Prepared| {
        play.scene.compared.iter().any(|compared| {
            compared.path == prepared.path && compared.content.as_ref() == Some(&prepared.content)
        })
    };
    let look = |prepared: &Prepared| {
        let (event, terminal) = made(play, &prepared.path).into_iter().next()?;
        if of_file(play, &prepared.path).is_empty() {
            return None;
        }
        let sentence = format!(
            "「{}」写了 {}，那是原来就有的文件：它的内容没有了",
            play.name(terminal),
            prepared.path
        );
        let code = Code::ExistingFileOverwritten;
        let mistake = Mistake::new(code, event, terminal, sentence, play.files_of(&[terminal]));
        Some(mistake.mend("已经有的名字跳过去，用下一个空号；创建的时候用 create_new，不用 create"))
    };
    play.scene.prepared.iter().filter(is_kept).filter_map(look).take(1).collect()
}

/// A file had its final name before it was received to its end.
pub fn half_file(play: &Play) -> Vec<Mistake> {
    let names = play.scene.compared.iter().filter(|one| one.content.is_some());
    let look = |name: &str| {
        let early = play.files.iter().find(|one| {
            let from = |end: &&End| {
                end.accepted
                    && end.receives.iter().any(|got| got.tid == one.tid && got.event < one.event)
            };
            let open = play.ends.iter().rev().find(|end| from(end) && end.opened < one.event);
            one.written
                && is(one.path, name)
                && open.is_some_and(|end| end.saw_end.is_none_or(|over| over > one.event))
        })?;
        let terminal = play.processes.get(&early.pid)?.terminal;
        let sentence = format!(
            "「{}」还没有收到文件结束，就写在正式的名字 {name} 下面：中途断了，留下的是半个文件",
            play.name(terminal)
        );
        let practice = Practice::NameLast.to_string();
        let failures = play.failures(|failure| match failure.rule {
            Rule::Mechanism => {
                failure.subject == Subject::Terminal(terminal)
                    && failure.expected.as_deref() == Some(practice.as_str())
            }
            Rule::File => failure.detail.contains("不应当有"),
            _ => false,
        });
        let code = Code::HalfFileLeft;
        let mistake = Mistake::new(code, early.event, terminal, sentence, failures);
        Some(mistake.mend("先写进临时的名字，收完整了再改名（rename）；没有收完就删掉"))
    };
    names.filter_map(|one| look(&one.path)).take(1).collect()
}

/// The file that is wanted is missing, and there is one of another name.
pub fn elsewhere(play: &Play) -> Vec<Mistake> {
    let missing = play.events.iter().find_map(|event| match event.kind {
        Kind::File { compared, finding: FileFinding::Missing } => {
            Some(&play.scene.compared[compared])
        }
        _ => None,
    });
    let stray = play.events.iter().enumerate().find_map(|(event, one)| match &one.kind {
        Kind::StrayFile { path, bytes } => Some((event, path.as_str(), *bytes)),
        _ => None,
    });
    let look = |wanted: &course::script::Compared, (event, path, bytes): (usize, &str, u64)| {
        let content = wanted.content.as_ref()?;
        let is_server = play.ends.iter().find(|end| end.accepted && end.received() == bytes)?;
        let is_file = matches!(content, Content::File(_) | Content::Lesson(_) | Content::Text(_));
        let terminal = is_server.terminal;
        let sentence = format!(
            "「{}」把收到的 {bytes} 字节存成了 {path}，应当是 {}",
            play.name(terminal),
            wanted.path
        );
        let code = Code::WroteElsewhere;
        // it may be the file of another client
        let mistake =
            Mistake::new(code, event, terminal, sentence, play.files_of(&[terminal])).perhaps();
        is_file
            .then(|| mistake.mend("文件存在哪里，照命令行的参数（--out、--dir），没有写才用默认的"))
    };
    missing.zip(stray).and_then(|(wanted, stray)| look(wanted, stray)).into_iter().collect()
}
