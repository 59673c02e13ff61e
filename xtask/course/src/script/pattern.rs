//! A line of a script: plain text with names (`<端口:数>`), gaps (`<..>`) and a counter (`{1..19}`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The values that names have taken so far.
pub type Bindings = BTreeMap<String, String>;

/// A piece of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// This text.
    Text(String),
    /// Any text, also none.
    Any,
    /// Some text, at least one character; the same wherever the name stands.
    Name {
        /// The name between the angle brackets.
        name: String,
        /// What it may stand for.
        kind: NameKind,
    },
    /// The value of the line's counter.
    Counter,
}

/// What a name may stand for, where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NameKind {
    /// Any text.
    Text,
    /// `:数`, or a name that was a number before: digits only.
    Number,
    /// Digits that say who prints the line: they must be true.
    Identity(Identity),
}

impl NameKind {
    /// Whether it is made of digits only.
    pub fn is_digits(self) -> bool {
        self != NameKind::Text
    }
}

/// Which number of the process that prints the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Identity {
    /// `:进程号`: its own, `getpid(2)`.
    Process,
    /// `:父进程号`: its parent's, `getppid(2)`.
    Parent,
    /// `:线程号`: the thread's, `gettid(2)`.
    Thread,
}

impl Identity {
    /// All of them.
    pub const ALL: [Identity; 3] = [Identity::Process, Identity::Parent, Identity::Thread];

    /// As a script writes it.
    pub fn word(self) -> &'static str {
        match self {
            Identity::Process => "进程号",
            Identity::Parent => "父进程号",
            Identity::Thread => "线程号",
        }
    }
}

/// A line with names, gaps and a counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Its pieces; two texts never follow each other, nor two pieces of open length.
    pub parts: Vec<Part>,
}

impl Pattern {
    /// One that stands for this text only.
    pub fn literal(text: &str) -> Pattern {
        Pattern { parts: vec![Part::Text(text.to_owned())] }
    }

    /// Matches the whole of `text`. Returns the names that this line binds anew.
    ///
    /// A name that `known` holds must have that value; a new name takes the shortest text that lets
    /// the rest match.
    pub fn matches(&self, text: &str, counter: Option<u64>, known: &Bindings) -> Option<Bindings> {
        let mut bound = Bindings::new();
        let count = counter.map(|value| value.to_string()).unwrap_or_default();
        let mut budget = SOME_WORK + self.parts.len() * text.len();
        match_parts(&self.parts, text, &count, known, &mut bound, &mut budget).then_some(bound)
    }

    /// Like [`Pattern::matches`], whatever values the names have elsewhere.
    pub fn matches_alone(&self, text: &str, counter: Option<u64>) -> bool {
        self.matches(text, counter, &Bindings::new()).is_some()
    }

    /// The names in it, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// What this name says of whoever prints the line, wherever it stands in it.
    pub fn identity_of(&self, name: &str) -> Option<Identity> {
        self.identities().find(|(one, _)| *one == name).map(|(_, identity)| identity)
    }

    /// The names in it that say who prints the line.
    pub fn identities(&self) -> impl Iterator<Item = (&str, Identity)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name { name, kind: NameKind::Identity(identity) } => {
                Some((name.as_str(), *identity))
            }
            _ => None,
        })
    }

    /// The text with known names put in; an unknown one is shown as it is written.
    pub fn render(&self, counter: Option<u64>, known: &Bindings) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Any => text.push_str("<..>"),
                Part::Counter => text.push_str(&counter.unwrap_or_default().to_string()),
                Part::Name { name, .. } => match known.get(name) {
                    Some(value) => text.push_str(value),
                    None => text.push_str(&format!("<{name}>")),
                },
            }
        }
        text
    }

    /// The same pattern with `from` replaced by `to` in its texts.
    pub fn with_text_replaced(&self, from: &str, to: &str) -> Pattern {
        let replace = |part: &Part| match part {
            Part::Text(text) => Part::Text(text.replace(from, to)),
            other => other.clone(),
        };
        Pattern { parts: self.parts.iter().map(replace).collect() }
    }

    /// The same pattern in which the names need not agree with anything, not even within the line.
    pub fn loosened(&self) -> Pattern {
        let loosen = |(index, part): (usize, &Part)| match part {
            Part::Name { name, kind } => {
                Part::Name { name: format!("{name}#{index}"), kind: *kind }
            }
            other => other.clone(),
        };
        Pattern { parts: self.parts.iter().enumerate().map(loosen).collect() }
    }

    /// Whether it is one fixed text.
    pub fn is_fixed(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }
}

/// So many bytes are looked at, beyond one look per part, before a line is given up as none that fits.
const SOME_WORK: usize = 4 << 20;

fn match_parts(
    parts: &[Part],
    text: &str,
    count: &str,
    known: &Bindings,
    bound: &mut Bindings,
    budget: &mut usize,
) -> bool {
    if *budget == 0 {
        return false;
    }
    let Some((first, rest)) = parts.split_first() else { return text.is_empty() };
    if matches!(first, Part::Any | Part::Name { .. }) {
        *budget = budget.saturating_sub(text.len().max(1));
    }
    match first {
        Part::Text(literal) => text
            .strip_prefix(literal.as_str())
            .is_some_and(|tail| match_parts(rest, tail, count, known, bound, budget)),
        Part::Counter => text
            .strip_prefix(count)
            .is_some_and(|tail| match_parts(rest, tail, count, known, bound, budget)),
        Part::Any => match rest.first() {
            None => true,
            _ => ends(text)
                .filter(|end| may_start(rest, &text[*end..]))
                .any(|end| match_parts(rest, &text[end..], count, known, bound, budget)),
        },
        Part::Name { name, kind } => {
            if let Some(value) = known.get(name).or_else(|| bound.get(name)).cloned() {
                return text
                    .strip_prefix(value.as_str())
                    .is_some_and(|tail| match_parts(rest, tail, count, known, bound, budget));
            }
            for end in ends(text).skip(1) {
                let value = &text[..end];
                if kind.is_digits() && !value.ends_with(|c: char| c.is_ascii_digit()) {
                    return false;
                }
                // look before copying: long lines have many ends
                if !may_start(rest, &text[end..]) {
                    continue;
                }
                let before = bound.clone();
                bound.insert(name.clone(), value.to_owned());
                if match_parts(rest, &text[end..], count, known, bound, budget) {
                    return true;
                }
                *bound = before;
            }
            false
        }
    }
}

/// Whether `parts` can begin `text` at all.
fn may_start(parts: &[Part], text: &str) -> bool {
    match parts.first() {
        Some(Part::Text(literal)) => text.starts_with(literal.as_str()),
        Some(_) => true,
        None => text.is_empty(),
    }
}

/// Every place where a prefix of `text` may end, the empty one first.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(literal: &str) -> Part {
        Part::Text(literal.into())
    }

    fn name(name: &str) -> Part {
        Part::Name { name: name.into(), kind: NameKind::Text }
    }

    fn number(name: &str) -> Part {
        Part::Name { name: name.into(), kind: NameKind::Number }
    }

    fn pattern(parts: Vec<Part>) -> Pattern {
        Pattern { parts }
    }

    #[test]
    fn a_name_binds_once_and_must_agree_afterwards() {
        let line = pattern(vec![text("pid"), number("p"), text(","), number("p")]);
        let bound = line.matches("pid12,12", None, &Bindings::new()).unwrap();
        assert_eq!(bound["p"], "12");
        assert!(line.matches("pid12,13", None, &Bindings::new()).is_none());
        let known = Bindings::from([("p".to_owned(), "7".to_owned())]);
        assert!(line.matches("pid12,12", None, &known).is_none());
        assert!(line.matches("pid7,7", None, &known).unwrap().is_empty());
    }

    #[test]
    fn a_number_takes_digits_only_and_never_nothing() {
        let line = pattern(vec![text("端口"), number("n"), text("。")]);
        assert!(line.matches_alone("端口80。", None));
        for wrong in ["端口。", "端口x。", "端口8x。", "端口-8。", "端口80"] {
            assert!(!line.matches_alone(wrong, None), "{wrong}");
        }
    }

    #[test]
    fn a_name_takes_the_shortest_text_that_lets_the_rest_match() {
        let line = pattern(vec![name("a"), text(","), name("b")]);
        let bound = line.matches("x,y,z", None, &Bindings::new()).unwrap();
        assert_eq!((bound["a"].as_str(), bound["b"].as_str()), ("x", "y,z"));
        let line = pattern(vec![name("a"), text(",z")]);
        assert_eq!(line.matches("x,z,z", None, &Bindings::new()).unwrap()["a"], "x,z");
    }

    #[test]
    fn a_gap_may_be_empty_and_a_counter_must_be_exact() {
        let line = pattern(vec![Part::Any, text("第"), Part::Counter, text("遍")]);
        assert!(line.matches_alone("第3遍", Some(3)));
        assert!(line.matches_alone("正在敲第3遍", Some(3)));
        assert!(!line.matches_alone("正在敲第13遍", Some(3)));
        assert!(!line.matches_alone("正在敲第3遍吗", Some(3)));
    }
}
