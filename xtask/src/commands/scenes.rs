//! Which scenes `run` and `trace` show.

use course::catalog::{Part, UsageError};
use limits::SCENE_TIME;

/// The scenes to show, and those that are left out because they take long.
#[derive(Debug)]
pub struct Choice {
    /// To be shown.
    pub shown: Vec<Part>,
    /// Too long, in a script that has a shorter one.
    pub long: Vec<Part>,
}

/// The scene that is called `name`, or the scenes whose names contain it; without a name all that are not there for
/// checking only and not long: with a time limit beyond the usual, in a script that has others.
///
/// # Errors
/// No scene has this name; those that there are are named.
pub fn choose(mut parts: Vec<Part>, name: Option<&str>) -> Result<Choice, UsageError> {
    if let Some(name) = name {
        let all = titles(&parts);
        // the whole name is surer than a part of it
        let exact = parts.iter().any(|part| part.scene.title == name);
        parts.retain(|part| match exact {
            true => part.scene.title == name,
            false => part.scene.title.contains(name),
        });
        if parts.is_empty() {
            return Err(UsageError(format!("没有「{name}」这个场景，有的是{all}")));
        }
        return Ok(Choice { shown: parts, long: Vec::new() });
    }
    // a lesson that has nothing else still shows something
    if parts.iter().any(|part| !part.scene.check_only) {
        parts.retain(|part| !part.scene.check_only);
    }
    let is_long = |part: &Part| part.scene.limit > SCENE_TIME;
    let of_short: Vec<_> =
        parts.iter().filter(|part| !is_long(part)).map(|part| part.script.clone()).collect();
    let (long, shown) =
        parts.into_iter().partition(|part| is_long(part) && of_short.contains(&part.script));
    Ok(Choice { shown, long })
}

/// Their names, for a message.
pub fn titles(parts: &[Part]) -> String {
    let titles: Vec<String> =
        parts.iter().map(|part| format!("「{}」", part.scene.title)).collect();
    titles.join("、")
}

impl Choice {
    /// What was left out, and how to see it: a line for each.
    pub fn left_out<'a>(&'a self, command: &'a str) -> impl Iterator<Item = String> + 'a {
        self.long.iter().map(move |part| {
            let (lesson, title) = (&part.lesson, &part.scene.title);
            let name = if title.contains(char::is_whitespace) {
                format!("'{title}'")
            } else {
                title.clone()
            };
            format!("还有一个长的场景「{title}」：cargo xtask {command} {lesson} --scene {name}")
        })
    }
}
