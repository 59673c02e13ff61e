//! Names of files that a client received.

use course::script::{Compared, Content};
use judge::{Rule, Subject};

use super::ends::End;
use super::play::Play;
use super::stored::{is, made};
use super::{Code, Mistake};

/// A client has put what it received under a name that had to be free, or had to keep what was there: the file did not come to its
/// end.
pub fn half_file(play: &Play) -> Vec<Mistake> {
    let names = play.scene.compared.iter().filter(|one| had_to_stay(play, one));
    names.filter_map(|one| look(play, one)).take(1).collect()
}

/// What a script says of a file is what it was before.
fn had_to_stay(play: &Play, compared: &Compared) -> bool {
    let before: Option<&Content> = play
        .scene
        .prepared
        .iter()
        .find(|one| one.path == compared.path)
        .map(|prepared| &prepared.content);
    before == compared.content.as_ref()
}

fn look(play: &Play, compared: &Compared) -> Option<Mistake> {
    let name = compared.path.as_str();
    let broken = play.failures(|failure| failure.subject == Subject::File(name.to_owned()));
    let (event, terminal) = made(play, name).into_iter().min()?;
    let end = download(play, terminal, event).filter(|_| !broken.is_empty())?;
    let (who, came) = (play.name(terminal), received(end, event));
    let left = match compared.content {
        Some(_) => "原来的内容没有了",
        None => "留下的是半个文件",
    };
    let rules = [Rule::Exit, Rule::Extra, Rule::Text, Rule::Stderr];
    let mut failures = play.files_of(&[terminal]);
    failures.extend(play.failures_of(terminal, &rules));
    let found = |sentence| Mistake::new(Code::HalfFileLeft, event, terminal, sentence, failures);
    if goes_on(play, end, name, event) {
        let sentence =
            format!("「{who}」还没有收到文件结束，就写在正式的名字 {name} 下面：中途断了，{left}");
        let advice = "先写进临时的名字，收完整了再改名（rename）；没有收完就删掉";
        return Some(found(sentence).mend(advice));
    }
    end.saw_end.filter(|over| *over < event)?;
    let sentence = format!(
        "「{who}」收到 {came} 字节，对方就不再发了，它照样存成了正式的名字 {name}：如果文件没有传完，{left}"
    );
    let advice = "对方中途断了，和发完了关闭，收到的都是 0 个字节：比一比说好的长度，没有收够就报错，不要改成正式的名字";
    Some(found(sentence).perhaps().mend(advice))
}

/// The connection on which a program received something that it had asked another one for, before an event.
fn download<'p, 'a>(play: &'p Play<'a>, terminal: usize, event: usize) -> Option<&'p End<'a>> {
    let mut own = play.ends.iter().filter(|end| end.terminal == terminal);
    let of_client = |end: &&End| !end.accepted && received(end, event) > 0;
    own.clone().all(|end| !end.accepted).then(|| own.rfind(of_client)).flatten()
}

/// How many bytes had come until an event.
fn received(end: &End, event: usize) -> u64 {
    end.receives.iter().filter(|got| got.event < event).map(|got| got.bytes).sum()
}

/// After it had begun to write into the file it received more, and wrote that, too; or it was told the end, or an error, in the
/// midst of receiving.
fn goes_on(play: &Play, end: &End, name: &str, event: usize) -> bool {
    let mut later = end.receives.iter().filter(|got| got.event > event);
    let written = |since: usize| {
        play.files.iter().any(|one| one.written && is(one.path, name) && one.event > since)
    };
    let over = end.saw_end.or(end.failed.map(|(failed, _)| failed));
    later.any(|got| written(got.event)) || over.is_some_and(|over| over > event)
}
