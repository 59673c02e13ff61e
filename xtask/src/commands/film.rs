//! The film of what was played: `trace --html`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use course::script::Scene;
use diagnose::{Cause, Certainty};
use draw::Sources;
use draw::film::{Remark, film, html};
use events::{Event, Kind};

/// No source is longer.
const LONGEST: u64 = 1 << 18;

/// Writes the film into `path`. The `notes` say what it does not show.
///
/// # Errors
/// The file cannot be written.
pub fn write(
    path: &Path,
    (scene, events): &(Scene, Vec<Event>),
    causes: &[Cause],
    sources: &Sources,
    notes: &[String],
) -> Result<()> {
    let mistakes = causes.iter().map(|cause| {
        let how = match cause.certainty {
            Certainty::Proved => "错误",
            Certainty::Candidate => "可能是",
        };
        let fact = cause.fact.iter().map(|fact| format!("{fact}。可能的原因："));
        let advice = cause.advice.iter().map(|advice| format!("。改法：{advice}"));
        Remark {
            at: Some(cause.about),
            title: format!("{how}[{}]：{}", cause.code.id(), cause.code.title()),
            text: fact.chain([cause.sentence.clone()]).chain(advice).collect(),
        }
    });
    let notes =
        notes.iter().map(|note| Remark { at: None, title: String::new(), text: note.clone() });
    let remarks: Vec<Remark> = mistakes.chain(notes).collect();
    let film = film(scene, events, (sources, &files(events)), &remarks);
    fs::write(path, html(&film)).with_context(|| format!("写不了 {}", path.display()))
}

/// The files that places name, as far as they can be read from here.
fn files(events: &[Event]) -> BTreeMap<String, String> {
    let waiting = events.iter().flat_map(|event| match &event.kind {
        Kind::Stuck { waiting, .. } => {
            waiting.iter().filter_map(|one| one.place.as_ref()).collect()
        }
        _ => Vec::new(),
    });
    let places = events.iter().filter_map(|event| event.place.as_ref()).chain(waiting);
    let names: BTreeSet<&str> = places.map(|place| place.file.as_str()).collect();
    names.into_iter().filter_map(|name| Some((name.to_owned(), text(name)?))).collect()
}

fn text(name: &str) -> Option<String> {
    let about = fs::metadata(name).ok()?;
    if !about.is_file() || about.len() > LONGEST {
        return None;
    }
    fs::read(name).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
