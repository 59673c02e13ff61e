//! Causes as sentences: what is proved as a fact, what is not as a candidate.

use super::cause::{Cause, Certainty};

/// What is said of the causes of one event, a sentence a line: the one that is proved; or what is certain, and then the
/// candidates with words that call them so.
pub fn tell(causes: &[&Cause]) -> Vec<String> {
    match causes {
        [] => Vec::new(),
        [cause] if cause.certainty == Certainty::Proved => vec![with_advice(cause)],
        [cause] => vec![format!("{}可能的原因：{}", fact(cause), with_advice(cause))],
        causes => {
            let candidates = causes.iter().enumerate();
            let numbered =
                candidates.map(|(index, cause)| format!("{}. {}", index + 1, with_advice(cause)));
            let first = format!("{}可能的原因，把握大的在前：", fact(causes[0]));
            std::iter::once(first).chain(numbered).collect()
        }
    }
}

/// All that is said of a failure: why it came about, then what the judge says (`detail`, may be empty).
pub fn tell_with(causes: &[&Cause], detail: &str) -> String {
    let mut lines = tell(causes);
    match lines.as_mut_slice() {
        _ if detail.is_empty() => {}
        [sentence] => {
            sentence.push('。');
            sentence.push_str(detail);
        }
        _ => lines.push(detail.to_owned()),
    }
    lines.join("\n")
}

fn fact(cause: &Cause) -> String {
    cause.fact.as_ref().map_or_else(String::new, |fact| format!("{fact}。"))
}

fn with_advice(cause: &Cause) -> String {
    match &cause.advice {
        Some(advice) => format!("{}。改法：{advice}", cause.sentence),
        None => cause.sentence.clone(),
    }
}
