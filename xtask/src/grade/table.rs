//! The table: who has passed what, and which mistakes are common.

use std::collections::BTreeMap;

use course::exercise::Exercise;

use crate::practice::{Outcome, State};

use super::judging::Judged;

/// What came of all students.
#[derive(Debug)]
pub struct Table<'a> {
    /// What was judged.
    pub exercises: Vec<&'a Exercise>,
    /// A line each.
    pub students: Vec<Judged>,
}

/// A mistake, and who has made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// Its code.
    pub code: String,
    /// In Chinese.
    pub title: String,
    /// In so many of them it is proved; in the others it is the likeliest of what may be.
    pub proved: usize,
    /// How many exercises of students it has failed.
    pub count: usize,
    /// Whose, each once, with the exercises.
    pub students: Vec<(String, Vec<String>)>,
}

impl<'a> Table<'a> {
    /// The exercises that somebody has begun; all that were asked for if `asked`.
    pub fn of(exercises: Vec<&'a Exercise>, students: Vec<Judged>, asked: bool) -> Table<'a> {
        let is_begun = |index: usize| {
            let begun = |one: &Judged| one.outcomes[index].state != State::NotBegun;
            asked || students.iter().any(begun)
        };
        let kept: Vec<usize> = (0..exercises.len()).filter(|index| is_begun(*index)).collect();
        let of_one = |Judged { student, outcomes }: &Judged| Judged {
            student: student.clone(),
            outcomes: kept.iter().map(|index| outcomes[*index].clone()).collect(),
        };
        let students = students.iter().map(of_one).collect();
        Table { exercises: kept.iter().map(|index| exercises[*index]).collect(), students }
    }

    /// Every cell: student, exercise, outcome.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &'a Exercise, &Outcome)> {
        self.students.iter().flat_map(|one| {
            let outcomes = self.exercises.iter().zip(&one.outcomes);
            outcomes.map(|(exercise, outcome)| (one.student.as_str(), *exercise, outcome))
        })
    }

    /// The mistakes, the commonest first.
    pub fn common(&self) -> Vec<Common> {
        let mut by_code: BTreeMap<&str, Common> = BTreeMap::new();
        for (student, exercise, outcome) in self.cells() {
            let (State::Failed, Some(code)) = (outcome.state, &outcome.code) else { continue };
            let common = by_code.entry(code).or_insert_with(|| Common {
                code: code.clone(),
                title: outcome.title.clone(),
                proved: 0,
                count: 0,
                students: Vec::new(),
            });
            // what is said of one is not said of another
            if common.title != outcome.title {
                common.title = of_kind(outcome.word).to_owned();
            }
            common.count += 1;
            common.proved += usize::from(outcome.proved);
            match common.students.last_mut() {
                Some((name, exercises)) if name == student => exercises.push(exercise.id.clone()),
                _ => common.students.push((student.to_owned(), vec![exercise.id.clone()])),
            }
        }
        let mut common: Vec<Common> = by_code.into_values().collect();
        // made by more students, then more often
        common.sort_by_key(|one| std::cmp::Reverse((one.students.len(), one.count)));
        common
    }

    /// What could not be judged: student, exercise, why.
    pub fn unjudged(&self) -> Vec<(&str, &str, &str)> {
        let unjudged = self.cells().filter(|(.., outcome)| outcome.state == State::Unjudged);
        unjudged
            .map(|(student, exercise, outcome)| {
                (student, exercise.id.as_str(), outcome.title.as_str())
            })
            .collect()
    }
}

impl Common {
    /// What it is, and how far that is known.
    pub fn told(&self) -> String {
        let Common { title, proved, count, .. } = self;
        match *proved {
            0 => format!("可能是：{title}"),
            proved if proved < *count => format!("{title}（其中 {} 次只是可能）", count - proved),
            _ => title.clone(),
        }
    }
}

/// What mistakes have in common that have one code and different words.
fn of_kind(word: &str) -> &'static str {
    match word {
        "no-file" => "文件不能用",
        "unbuilt" => "编译没有做完",
        "uncompiled" => "编译不过",
        _ => "没有通过",
    }
}

impl Judged {
    /// How many of his exercises are in this state.
    pub fn count(&self, state: State) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.state == state).count()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::PathBuf;

    use course::exercise::{Form, Level};

    use super::*;

    pub fn exercise(id: &str, title: &str) -> Exercise {
        Exercise {
            id: id.into(),
            lesson: id[..2].into(),
            name: format!("{id}-x"),
            folder: PathBuf::new(),
            title: title.into(),
            level: Level::WarmUp,
            form: Form::Gaps,
            minutes: 5,
            hints: [const { String::new() }; 3],
            programs: Vec::new(),
        }
    }

    pub fn failed(code: &str, title: &str) -> Outcome {
        Outcome {
            state: State::Failed,
            word: "failed",
            code: Some(code.into()),
            title: title.into(),
            proved: true,
            place: Some(("01-1-server.rs".into(), 7)),
        }
    }

    pub fn judged(student: &str, outcomes: Vec<Outcome>) -> Judged {
        Judged { student: student.into(), outcomes }
    }

    #[test]
    fn what_more_students_do_wrong_is_commoner_and_what_nobody_has_begun_is_left_out() {
        let all = [exercise("01-1", "甲"), exercise("01-2", "乙"), exercise("01-3", "丙")];
        let (one, other) = (|| failed("x", "甲错"), || failed("y", "乙错"));
        let students = vec![
            judged("李", vec![one(), one(), Outcome::not_begun()]),
            judged("王", vec![other(), Outcome::not_begun(), Outcome::not_begun()]),
            judged("赵", vec![other(), Outcome::not_begun(), Outcome::not_begun()]),
        ];
        let table = Table::of(all.iter().collect(), students, false);
        assert_eq!(table.exercises.len(), 2);
        let common = table.common();
        let told: Vec<_> = common.iter().map(|one| (one.code.as_str(), one.count)).collect();
        assert_eq!(told, [("y", 2), ("x", 2)]);
        let both = vec!["01-1".to_owned(), "01-2".to_owned()];
        assert_eq!(common[1].students, [("李".to_owned(), both)]);
    }

    #[test]
    fn what_may_be_is_told_as_what_may_be() {
        let all = [exercise("01-1", "甲")];
        let may_be = || Outcome { proved: false, ..failed("x", "错") };
        let told = |outcomes: Vec<Outcome>| {
            let students = outcomes.into_iter().map(|one| judged("李", vec![one])).collect();
            Table::of(all.iter().collect(), students, false).common()[0].told()
        };
        assert_eq!(told(vec![may_be()]), "可能是：错");
        assert_eq!(told(vec![may_be(), failed("x", "错")]), "错（其中 1 次只是可能）");
        assert_eq!(told(vec![failed("x", "错")]), "错");
    }

    #[test]
    fn what_the_compiler_says_of_one_is_not_said_of_another() {
        let all = [exercise("01-1", "甲")];
        let said = |title| Outcome { word: "uncompiled", ..failed("uncompiled", title) };
        let students = ["one", "other"].map(|title| judged(title, vec![said(title)]));
        let table = Table::of(all.iter().collect(), students.into(), false);
        assert_eq!(table.common()[0].title, "编译不过");
    }
}
