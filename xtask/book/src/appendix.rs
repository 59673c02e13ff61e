//! What the pages link to outside `docs/`: programs, scripts, the README. In the book each is a page of its own, so
//! that no link leads out of the book; in an editor the same link opens the file.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Component, Path, PathBuf};

use course::page::{Link, Page};

/// The folder of these pages within the book.
const FOLDER: &str = "files";

/// The page of a file that a page of the book links to.
#[derive(Debug)]
pub struct File {
    /// Relative to the workspace, e.g. `lessons/00-socket-basics/src/main.rs`.
    pub name: String,
    /// Its page, relative to the book's source folder.
    pub path: String,
    /// Markdown.
    pub content: String,
}

/// Collects the files that pages link to.
#[derive(Debug)]
pub struct Appendix<'a> {
    root: &'a Path,
    /// From a file of the workspace to where it is in the book, both as paths.
    wanted: BTreeMap<String, String>,
    open: VecDeque<String>,
}

impl<'a> Appendix<'a> {
    /// None yet.
    pub fn new(root: &'a Path) -> Appendix<'a> {
        Appendix { root, wanted: BTreeMap::new(), open: VecDeque::new() }
    }

    /// The page at `from` (relative to the workspace; in the book it is at `to`), with links that work in the book.
    pub fn relink(&mut self, from: &str, to: &str, text: &str) -> String {
        let mut relinked = text.to_owned();
        let mut links: Vec<Link> = Page::of(text).links;
        links.sort_by_key(|link| std::cmp::Reverse(link.place.as_ref().map(|place| place.start)));
        for link in links {
            let (Some(place), Some(target)) = (link.place, local(from, &link.target)) else {
                continue;
            };
            let Some(in_book) = self.in_book(&target.file) else { continue };
            let mut path = relative(to, &in_book);
            if let Some(anchor) = target.anchor {
                path.push('#');
                path.push_str(&anchor);
            }
            if path != link.target {
                relinked.replace_range(place, &path);
            }
        }
        relinked
    }

    /// Where a file of the workspace is in the book.
    fn in_book(&mut self, file: &str) -> Option<String> {
        match file.strip_prefix("docs/") {
            // mdBook makes the folder's index of it
            Some("README.md") => return Some("index.md".to_owned()),
            Some(inside) => return Some(inside.to_owned()),
            None => {}
        }
        if !self.root.join(file).is_file() {
            return None;
        }
        if !self.wanted.contains_key(file) {
            self.wanted.insert(file.to_owned(), format!("{FOLDER}/{file}.md"));
            self.open.push_back(file.to_owned());
        }
        self.wanted.get(file).cloned()
    }

    /// The pages of all files, and of those that they link to in turn, by name.
    pub fn files(mut self) -> Vec<File> {
        let mut files = Vec::new();
        while let Some(name) = self.open.pop_front() {
            let path = self.wanted[&name].clone();
            let Ok(text) = fs::read_to_string(self.root.join(&name)) else { continue };
            let content = match Path::new(&name).extension().and_then(|ending| ending.to_str()) {
                Some("md") => self.relink(&name, &path, &text),
                ending => listing(&name, ending, &text),
            };
            files.push(File { name, path, content });
        }
        files.sort_by(|one, other| one.name.cmp(&other.name));
        files
    }
}

/// A page that shows a text file.
fn listing(name: &str, ending: Option<&str>, text: &str) -> String {
    let language = match ending {
        Some("rs") => "rust,ignore",
        Some("toml") => "toml",
        Some("json") => "json",
        _ => "text",
    };
    // longer than any fence in the file
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("# {name}\n\n{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// Where a link leads within the workspace.
#[derive(Debug, PartialEq, Eq)]
pub struct Local {
    /// Relative to the workspace, without `.` and `..`.
    pub file: String,
    /// Behind the `#`, decoded.
    pub anchor: Option<String>,
}

/// Where a link on the page `from` leads; `None`: to another site, or out of the workspace.
pub fn local(from: &str, target: &str) -> Option<Local> {
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(decode(anchor))),
        None => (target, None),
    };
    let scheme = path.split_once(':').map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        return None;
    }
    if path.is_empty() {
        return Some(Local { file: from.to_owned(), anchor });
    }
    let joined = Path::new(from).parent()?.join(decode(path));
    let mut file = PathBuf::new();
    for part in joined.components() {
        match part {
            Component::Normal(name) => file.push(name),
            Component::ParentDir if file.pop() => {}
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(Local { file: file.to_string_lossy().into_owned(), anchor })
}

/// `%E5%8D%8A` is 半.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = (*first == b'%').then(|| tail.get(..2)).flatten();
        let value = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The way from one page to another, both relative to the book.
fn relative(from: &str, to: &str) -> String {
    let depth = from.matches('/').count();
    format!("{}{to}", "../".repeat(depth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_file_of_the_workspace_or_elsewhere() {
        let there = |file: &str, anchor: Option<&str>| {
            Some(Local { file: file.to_owned(), anchor: anchor.map(str::to_owned) })
        };
        assert_eq!(local("docs/a.md", "b.md#%E5%8D%8A"), there("docs/b.md", Some("半")));
        assert_eq!(local("docs/a.md", "../README.md"), there("README.md", None));
        assert_eq!(local("docs/a.md", "#c"), there("docs/a.md", Some("c")));
        assert_eq!(local("docs/a.md", "https://rustup.rs"), None);
        assert_eq!(local("docs/a.md", "../../etc/passwd"), None);
        assert_eq!(local("docs/a.md", "/etc/passwd"), None);
    }

    #[test]
    fn files_outside_the_notes_become_pages_and_links_lead_to_them() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("lessons/01-x/src")).unwrap();
        fs::write(root.path().join("lessons/01-x/src/main.rs"), "// ```\nfn main() {}\n").unwrap();
        fs::write(
            root.path().join("README.md"),
            "[目录](docs/README.md)、[程序](lessons/01-x/src/main.rs)\n",
        )
        .unwrap();
        let mut appendix = Appendix::new(root.path());
        let text = "[甲](../README.md#怎样)，[乙](02.md)，[目录](README.md)，[外](https://a.b/c.md)，`[码](../README.md)`";
        assert_eq!(
            appendix.relink("docs/01.md", "01.md", text),
            "[甲](files/README.md.md#怎样)，[乙](02.md)，[目录](index.md)，[外](https://a.b/c.md)，`[码](../README.md)`"
        );
        let files = appendix.files();
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["README.md", "lessons/01-x/src/main.rs"]);
        assert_eq!(
            files[0].content,
            "[目录](../index.md)、[程序](../files/lessons/01-x/src/main.rs.md)\n"
        );
        assert_eq!(
            files[1].content,
            "# lessons/01-x/src/main.rs\n\n````rust,ignore\n// ```\nfn main() {}\n````\n"
        );
    }
}
