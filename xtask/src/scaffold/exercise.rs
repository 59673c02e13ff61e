//! The parts of a new exercise.

use std::fs;
use std::path::Path;

use course::catalog::{Catalog, UsageError};
use course::exercise::{FOLDER, Form};

use super::{Draft, filled, names};

/// What an exercise is made of.
#[derive(Debug, Clone, Copy)]
pub struct ExerciseParts<'a> {
    /// `05-short-name`, or with its own number `05-3-short-name`.
    pub name: &'a str,
    /// What there is to do.
    pub form: Form,
    /// The programs that a student writes; none: one, `main`.
    pub programs: &'a [String],
    /// Those that are given.
    pub given: &'a [String],
}

/// The circled numbers of gaps: one a program is enough to begin with.
const GAPS: [&str; 9] = ["①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨"];

/// The files of a new exercise of this course, and its id: `05-3`.
///
/// # Errors
/// The name is none, or taken; there is no such lesson; the programs are none.
pub fn exercise(
    catalog: &Catalog,
    parts: &ExerciseParts<'_>,
) -> Result<(String, Draft), UsageError> {
    let name = names::read(parts.name, "05-short-name")?;
    let (own, rest) = names::own_number(name.rest)?;
    let lesson = name.number;
    if !catalog.lessons.iter().any(|one| one.number == lesson) {
        return Err(UsageError(format!(
            "没有第 {lesson} 课，不能加它的练习；cargo xtask list 列出所有的课"
        )));
    }
    let number = free_number(&catalog.root, lesson, own, rest)?;
    let id = format!("{lesson}-{number}");
    let default = ["main".to_owned()];
    let own = if parts.programs.is_empty() { &default[..] } else { parts.programs };
    check_programs(parts, own)?;
    let programs = Programs { id: &id, lesson, form: parts.form, own, given: parts.given };
    let folder = Path::new(FOLDER).join(format!("{id}-{rest}"));
    Ok((id.clone(), Draft { folder, files: programs.files(), page: None }))
}

/// The number that was asked for, or the next.
fn free_number(
    root: &Path,
    lesson: &str,
    asked: Option<u32>,
    rest: &str,
) -> Result<u32, UsageError> {
    let entries = fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten();
    let mut taken: Vec<(u32, String)> = Vec::new();
    for entry in entries {
        let folder = entry.file_name().to_string_lossy().into_owned();
        let own = folder.strip_prefix(lesson).and_then(|rest| rest.strip_prefix('-'));
        let Some((number, name)) = own.and_then(|own| own.split_once('-')) else { continue };
        let Ok(number) = number.parse() else { continue };
        if name == rest {
            return Err(UsageError(format!("第 {lesson} 课已经有 {folder}：换一个名字")));
        }
        taken.push((number, folder));
    }
    let next = taken.iter().map(|(number, _)| number + 1).max().unwrap_or(1);
    match taken.iter().find(|(number, _)| asked == Some(*number)) {
        Some((number, folder)) => Err(UsageError(format!(
            "练习 {lesson}-{number} 已经有了（{folder}）；不写编号，就是下一个：{lesson}-{next}"
        ))),
        None => Ok(asked.unwrap_or(next)),
    }
}

fn check_programs(parts: &ExerciseParts<'_>, own: &[String]) -> Result<(), UsageError> {
    let wrong = |why: String| Err(UsageError(why));
    if parts.programs.is_empty() && !parts.given.is_empty() {
        return wrong("没有一个程序是学生写的：再写上 --program 名字".to_owned());
    }
    if own.len() > GAPS.len() {
        return wrong(format!("一个练习里学生写的程序至多 {} 个", GAPS.len()));
    }
    let all: Vec<&String> = own.iter().chain(parts.given).collect();
    for (index, name) in all.iter().enumerate() {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(is_plain) {
            return wrong(format!(
                "程序的名字只能用小写字母和数字，以字母开头，例如 server，不能是「{name}」"
            ));
        }
        if all[..index].contains(name) {
            return wrong(format!("程序「{name}」写了两次"));
        }
    }
    Ok(())
}

/// The programs of an exercise.
struct Programs<'a> {
    id: &'a str,
    lesson: &'a str,
    form: Form,
    own: &'a [String],
    given: &'a [String],
}

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("templates/exercise/", $name))
    };
}

impl Programs<'_> {
    fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![
            ("exercise.toml".to_owned(), self.manifest()),
            ("script.txt".to_owned(), self.script()),
        ];
        for (index, program) in self.own.iter().enumerate() {
            files.push((format!("start/{program}.rs"), self.start(index, program)));
        }
        for program in self.given {
            files.push((format!("given/{program}.rs"), self.put(template!("given.rs"), program)));
        }
        for (folder, template) in
            [("solution", template!("solution.rs")), ("second", template!("second.rs"))]
        {
            for program in self.own {
                files.push((format!("{folder}/{program}.rs"), self.put(template, program)));
            }
        }
        files.push(("wrong/example.rs".to_owned(), self.put(template!("wrong.rs"), &self.own[0])));
        files
    }

    /// A template, for this program.
    fn put(&self, template: &str, program: &str) -> String {
        filled(template, &[("id", self.id), ("program", program), ("first", &self.own[0])])
    }

    fn manifest(&self) -> String {
        let values = [("form", self.form.word()), ("lesson", self.lesson)];
        let mut text = filled(template!("exercise.toml"), &values);
        for program in self.own {
            text += &format!("\n[[program]]\nname = \"{program}\"\n");
        }
        for program in self.given {
            text += &format!("\n[[program]]\nname = \"{program}\"\ngiven = true\n");
        }
        text
    }

    /// Where it begins: the task, which stands in the first program, and what there is of the program.
    fn start(&self, index: usize, program: &str) -> String {
        let task = match (index, self.form) {
            (0, Form::Debugging) => template!("task_debugging.rs"),
            (0, _) => template!("task.rs"),
            _ => template!("task_other.rs"),
        };
        let body = match self.form {
            Form::Gaps => template!("start_gaps.rs"),
            Form::Debugging => template!("start_debugging.rs"),
            Form::Open => template!("start_open.rs"),
        };
        self.put(task, program) + &filled(body, &[("gap", GAPS[index])])
    }

    /// A server starts first; whoever else there is, behind it.
    fn script(&self) -> String {
        let mut all: Vec<&String> = self.own.iter().chain(self.given).collect();
        all.sort_by_key(|program| !is_server(program));
        let mut lines = Vec::new();
        for program in &all {
            let terminal = terminal(program);
            lines.push(format!("{terminal} $ practice-{}-{program}", self.id));
            if is_server(program) {
                lines.push("# 「待写：看看地址对不对，再删去这一句」".to_owned());
                lines.push(format!("{terminal} 监听 127.0.0.1:8888"));
            }
        }
        let printed = all.iter().map(|program| terminal(program));
        lines.extend(printed.map(|one| format!("{one} | 「待写：它印的一行」")));
        if all.len() > 1 {
            lines.extend(all.iter().map(|program| format!("{} 结束", terminal(program))));
        }
        filled(template!("script.txt"), &[("id", self.id), ("lines", &lines.join("\n"))])
    }
}

fn is_server(program: &str) -> bool {
    program.starts_with("server")
}

/// What the terminal of a program is called.
fn terminal(program: &str) -> &str {
    match program {
        "main" => "主",
        "server" => "服务器端",
        "client" => "客户端",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use course::exercise::{Exercises, unwritten};

    use super::*;

    /// A course with lesson 05, which has one exercise already.
    fn course() -> (tempfile::TempDir, Catalog) {
        let root = tempfile::tempdir().unwrap();
        let package = root.path().join("lessons/05-work");
        fs::create_dir_all(package.join("src")).unwrap();
        fs::create_dir_all(root.path().join(FOLDER).join("05-2-old")).unwrap();
        let manifest = "[package]\nname = \"lesson-05-work\"\ndescription = \"试\"\n";
        fs::write(package.join("Cargo.toml"), manifest).unwrap();
        fs::write(package.join("src/main.rs"), "fn main() {}\n").unwrap();
        let catalog = Catalog::load(root.path()).unwrap();
        (root, catalog)
    }

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn whatever_the_form_it_is_kept_back_until_it_is_written_and_then_it_is_one() {
        for form in [Form::Gaps, Form::Debugging, Form::Open] {
            for (own, given) in
                [(&[][..], &[][..]), (&["server"], &["client"]), (&["server", "client", "x2"], &[])]
            {
                let (root, catalog) = course();
                fs::remove_dir(root.path().join(FOLDER).join("05-2-old")).unwrap();
                let (own, given) = (names(own), names(given));
                let parts = ExerciseParts { name: "05-try", form, programs: &own, given: &given };
                let (id, draft) = exercise(&catalog, &parts).unwrap();
                assert_eq!(id, "05-1");
                draft.put(root.path()).unwrap();
                let Exercises { all, flaws } = Exercises::load(root.path());
                assert!(all.is_empty() && flaws.len() == 1, "{flaws:#?}");
                let said = flaws[0].to_string();
                assert!(
                    said.starts_with("lessons/exercises/05-1-try：exercise.toml 还没有写完，有"),
                    "{said}"
                );
                let folder = root.path().join(&draft.folder);
                assert_eq!(unwritten(&folder).len(), draft.unwritten());
                for path in draft.paths() {
                    let text = fs::read_to_string(root.path().join(&path)).unwrap();
                    assert!(!text.contains("{{") && text.contains("「待写"), "{text}");
                    fs::write(root.path().join(&path), text.replace("「待写", "「写了")).unwrap();
                }
                let Exercises { all, flaws } = Exercises::load(root.path());
                assert!(flaws.is_empty(), "{flaws:#?}");
                assert_eq!(all[0].form, form);
                assert_eq!(all[0].programs.len(), own.len().max(1) + given.len());
                assert_eq!(all[0].variants().unwrap().len(), 4);
                assert_eq!(unwritten(&folder), [""; 0]);
            }
        }
    }

    #[test]
    fn what_cannot_be_begun_is_told_in_a_sentence() {
        let (_root, catalog) = course();
        let said = |name: &str, programs: &[&str], given: &[&str]| {
            let (programs, given) = (&names(programs)[..], &names(given)[..]);
            let parts = ExerciseParts { name, form: Form::Gaps, programs, given };
            exercise(&catalog, &parts).map(|(id, _)| id).map_err(|error| error.0)
        };
        assert_eq!(said("05-new", &[], &[]), Ok("05-3".to_owned()));
        assert_eq!(said("05-1-new", &[], &[]), Ok("05-1".to_owned()));
        assert_eq!(said("05-7-new", &[], &[]), Ok("05-7".to_owned()));
        for (name, programs, given, wanted) in [
            (
                "05-2-new",
                &[][..],
                &[][..],
                "练习 05-2 已经有了（05-2-old）；不写编号，就是下一个：05-3",
            ),
            ("05-old", &[], &[], "第 05 课已经有 05-2-old：换一个名字"),
            ("06-new", &[], &[], "没有第 06 课，不能加它的练习；"),
            ("5-new", &[], &[], "「5-new」不能作名字：要两位数字"),
            ("05-3", &[], &[], "编号 3 后面还要一个名字"),
            ("05-new", &["a", "a"], &[], "程序「a」写了两次"),
            ("05-new", &["a"], &["a"], "程序「a」写了两次"),
            ("05-new", &["A"], &[], "程序的名字只能用小写字母和数字"),
            ("05-new", &["../x"], &[], "程序的名字只能用小写字母和数字"),
            ("05-new", &[], &["client"], "没有一个程序是学生写的"),
            ("05-new", &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"], &[], "至多 9 个"),
        ] {
            let why = said(name, programs, given).unwrap_err();
            assert!(why.contains(wanted), "{name}: {why}");
        }
    }
}
