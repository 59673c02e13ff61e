//! Whose folders these are: a student's own, or one that holds those of many.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use course::catalog::UsageError;
use course::exercise::{Exercise, Exercises, Program};
use stage::Tree;
use text::{harmless, shortened};

use crate::practice::text_in;

/// What a student's folder is called in his copy of the course.
const PRACTICE: &str = "practice";

/// Of a name that is longer only so many characters are shown.
const LONGEST_NAME: usize = 60;

/// A student, with what he has handed in.
#[derive(Debug)]
pub struct Student {
    /// As the folder is called; harmless on a terminal.
    pub name: String,
    /// Where the files are; `None`: there is no such folder.
    files: Option<Tree>,
    /// What the teacher should know of it, in Chinese: a folder that is a link, files that no exercise asks for.
    pub remarks: Vec<String>,
}

/// All students.
#[derive(Debug)]
pub struct Class {
    /// In the order of their folders' names.
    pub students: Vec<Student>,
    /// What stands among them and is none, in Chinese.
    pub remarks: Vec<String>,
}

impl Student {
    /// Whether he has begun an exercise: something of it is there, whatever it is.
    pub fn has_begun(&self, exercise: &Exercise) -> bool {
        let has = |program| {
            let name = exercise.own_file(program);
            self.files.as_ref().is_some_and(|files| files.has(Path::new(&name)))
        };
        exercise.own_programs().any(has)
    }

    /// The text of a program's file.
    ///
    /// # Errors
    /// There is none that could be compiled; why, in Chinese.
    pub fn text(&self, exercise: &Exercise, program: &Program) -> Result<String, String> {
        let missing = || "没有这个文件：名字要和练习的一样".to_owned();
        let files = self.files.as_ref().ok_or_else(missing)?;
        let file = files.file(Path::new(&exercise.own_file(program)));
        let file = file.map_err(|error| match error.raw_os_error() {
            Some(libc::ENOENT) => missing(),
            Some(libc::ELOOP | libc::EMLINK) => "是一个链接，不看：要交文件本身".to_owned(),
            // a socket
            Some(libc::ENXIO) => "不是一个普通的文件".to_owned(),
            _ => format!("读不了：{error}"),
        })?;
        text_in(file)
    }
}

/// The students of these folders.
///
/// # Errors
/// One is none, or nothing that could be judged is in it.
pub fn find(folders: &[PathBuf], exercises: &Exercises) -> Result<Class, UsageError> {
    let mut class = Class { students: Vec::new(), remarks: Vec::new() };
    let mut seen = BTreeSet::new();
    for folder in folders {
        let shown = shown(folder.as_os_str());
        let about = fs::metadata(folder).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => UsageError(format!("没有「{shown}」这个文件夹")),
            _ => UsageError(format!("读不了「{shown}」：{error}")),
        })?;
        if !about.is_dir() {
            return Err(UsageError(format!("「{shown}」不是文件夹")));
        }
        let whole = folder
            .canonicalize()
            .map_err(|error| UsageError(format!("读不了「{shown}」：{error}")))?;
        // the same folder twice
        if !seen.insert(whole.clone()) {
            continue;
        }
        of_folder(&whole, exercises, &mut class).map_err(|error| match error {
            Some(error) => UsageError(format!("读不了「{shown}」：{error}")),
            None => UsageError(nothing(&shown, exercises)),
        })?;
    }
    tell_apart(&mut class.students);
    Ok(class)
}

/// What was looked for and not found.
fn nothing(shown: &str, exercises: &Exercises) -> String {
    let example = exercises.all.first().and_then(|one| {
        let program = one.own_programs().next()?;
        Some(one.own_file(program))
    });
    let example = example.unwrap_or_else(|| "01-1-server.rs".to_owned());
    format!(
        "「{shown}」里没有找到学生的练习。找过的：它里面 {example} 这样的文件，它里面的 {PRACTICE}，\
         和它里面的每个文件夹（一个学生一个）里的这两样"
    )
}

/// Adds whoever is in this folder; `None` for an error: nobody.
fn of_folder(
    folder: &Path,
    exercises: &Exercises,
    class: &mut Class,
) -> Result<(), Option<io::Error>> {
    let tree = Tree::open_trusted(folder).map_err(Some)?;
    let name = match folder.file_name() {
        // a student's own: his name is that of the folder above
        Some(name) if name == PRACTICE => folder.parent().and_then(Path::file_name).unwrap_or(name),
        Some(name) => name,
        None => OsStr::new("/"),
    };
    let own = Student::of(name, Tree::open_trusted(folder).map_err(Some)?, folder, exercises);
    if own.is_one() {
        class.students.push(own);
        return Ok(());
    }
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder).map_err(Some)?.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    let (mut students, mut remarks) = (Vec::new(), Vec::new());
    for entry in entries {
        let name = entry.file_name();
        let kind = entry.file_type();
        if name.as_bytes().starts_with(b".") {
            continue;
        }
        if kind.as_ref().is_ok_and(fs::FileType::is_symlink) {
            remarks.push(format!("{}：是一个链接，没有看", shown(&name)));
        }
        if !kind.is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        match tree.folder(&name) {
            Ok(below) => {
                students.push(Student::of(&name, below, &folder.join(&name), exercises));
            }
            Err(error) => {
                let remarks = vec![format!("文件夹进不去：{error}")];
                students.push(Student { name: shown(&name), files: None, remarks });
            }
        }
    }
    if !students.iter().any(Student::is_one) {
        return Err(None);
    }
    class.students.extend(students);
    class.remarks.extend(remarks);
    Ok(())
}

impl Student {
    /// The student to whom a folder belongs, if it is one.
    fn of(name: &OsStr, folder: Tree, path: &Path, exercises: &Exercises) -> Student {
        let mut student = Student { name: shown(name), files: None, remarks: Vec::new() };
        let own = |folder: &Tree| {
            let mut all = exercises.all.iter().flat_map(own_files);
            all.any(|file| folder.has(Path::new(&file)))
        };
        let mut place = path.to_owned();
        if own(&folder) || path.file_name() == Some(OsStr::new(PRACTICE)) {
            student.files = Some(folder);
        } else {
            match folder.folder(OsStr::new(PRACTICE)) {
                Ok(practice) => {
                    student.files = Some(practice);
                    place.push(PRACTICE);
                }
                Err(error) if error.raw_os_error() == Some(libc::ENOENT) => {}
                Err(_) => {
                    student.remarks.push(format!("{PRACTICE} 不是文件夹（或者是链接），没有看"))
                }
            }
        }
        if student.files.is_some() {
            student.remarks.extend(strange_files(&place, exercises));
        }
        student
    }

    /// Something was handed in.
    fn is_one(&self) -> bool {
        self.files.is_some() || !self.remarks.is_empty()
    }
}

fn own_files(exercise: &Exercise) -> impl Iterator<Item = String> {
    exercise.own_programs().map(|program| exercise.own_file(program))
}

/// Programs that no exercise asks for: perhaps a file that was renamed.
fn strange_files(folder: &Path, exercises: &Exercises) -> Option<String> {
    /// So many are named.
    const MOST: usize = 3;
    let known: BTreeSet<String> = exercises.all.iter().flat_map(own_files).collect();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_strange = |name: &std::ffi::OsString| {
        let text = name.to_string_lossy();
        text.ends_with(".rs") && !text.ends_with(".new.rs") && !known.contains(&*text)
    };
    let mut strange: Vec<String> = entries
        .map(|entry| entry.file_name())
        .filter(is_strange)
        .map(|name| shown(&name))
        .collect();
    if strange.is_empty() {
        return None;
    }
    strange.sort();
    let more = if strange.len() > MOST { " 等" } else { "" };
    let named = strange.into_iter().take(MOST).collect::<Vec<_>>().join("、");
    Some(format!("没有练习的文件叫这个名字，没有看：{named}{more}"))
}

/// Students whose folders are called the same get a number.
fn tell_apart(students: &mut [Student]) {
    let names: Vec<String> = students.iter().map(|student| student.name.clone()).collect();
    for (index, student) in students.iter_mut().enumerate() {
        let same = |others: &[String]| others.iter().filter(|name| **name == names[index]).count();
        if same(&names) > 1 {
            student.name = format!("{}（{}）", names[index], same(&names[..=index]));
        }
    }
}

/// A name as it can be shown: bytes that are no text, and what would act on a terminal, are written out.
fn shown(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        text.push_str(&harmless(chunk.valid()));
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02X}")));
    }
    shortened(&text, LONGEST_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exercises() -> Exercises {
        Exercises::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
    }

    fn names(folder: &Path) -> Result<Vec<String>, String> {
        let class = find(&[folder.to_owned()], &exercises()).map_err(|error| error.0)?;
        Ok(class.students.into_iter().map(|student| student.name).collect())
    }

    #[test]
    fn one_student_and_a_folder_of_them_are_told_apart_by_what_stands_there() {
        let root = tempfile::tempdir().unwrap();
        let class = root.path().join("class");
        for folder in ["li", "wang/practice", "zhao"] {
            fs::create_dir_all(class.join(folder)).unwrap();
        }
        assert!(names(&class.join("li")).unwrap_err().contains("没有找到学生的练习"));
        fs::write(class.join("li/01-1-server.rs"), "fn main() {}").unwrap();
        assert_eq!(names(&class).unwrap(), ["li", "wang", "zhao"]);
        assert_eq!(names(&class.join("li")).unwrap(), ["li"]);
        assert_eq!(names(&class.join("wang")).unwrap(), ["wang"]);
        assert_eq!(names(&class.join("wang/practice")).unwrap(), ["wang"]);
        assert!(names(&class.join("no")).unwrap_err().contains("没有「"));
    }

    #[test]
    fn the_same_name_twice_gets_a_number_and_the_same_folder_counts_once() {
        let root = tempfile::tempdir().unwrap();
        let folders = ["a/li", "b/li"].map(|folder| root.path().join(folder));
        for folder in &folders {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join("01-1-server.rs"), "").unwrap();
        }
        let [one, other] = folders;
        let class = find(&[one.clone(), other, one], &exercises()).unwrap();
        let names: Vec<&str> = class.students.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["li（1）", "li（2）"]);
    }

    #[test]
    fn a_name_is_shown_and_does_nothing() {
        assert_eq!(shown(OsStr::from_bytes(b"\xcd\xf5<b>\x1b[2J")), "\\xCD\\xF5<b>\\u{1b}[2J");
    }

    #[test]
    fn links_are_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let (li, wang) = (root.path().join("li"), root.path().join("wang"));
        for folder in [&li, &wang] {
            fs::create_dir(folder).unwrap();
        }
        fs::write(li.join("01-1-server.rs"), "fn main() {}").unwrap();
        std::os::unix::fs::symlink("../li/01-1-server.rs", wang.join("01-1-server.rs")).unwrap();
        std::os::unix::fs::symlink("li", root.path().join("zhao")).unwrap();
        std::os::unix::fs::symlink("../li", root.path().join("wang/practice")).unwrap();
        let exercises = exercises();
        let class = find(&[root.path().to_owned()], &exercises).unwrap();
        assert_eq!(class.students.len(), 2);
        assert_eq!(class.remarks, ["zhao：是一个链接，没有看"]);
        let exercise = &exercises.all.iter().find(|one| one.id == "01-1").unwrap();
        let program = exercise.own_programs().next().unwrap();
        assert!(class.students[0].text(exercise, program).is_ok());
        assert!(class.students[1].has_begun(exercise));
        assert!(class.students[1].text(exercise, program).unwrap_err().contains("链接"));
    }
}
