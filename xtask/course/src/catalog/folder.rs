//! A folder below `lessons/`, and the page of a lesson.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use text::harmless;

use crate::unwritten;

use super::trouble::{PAGE, Trouble};
use super::{Lesson, Package};

#[derive(Deserialize)]
struct Manifest {
    package: ManifestPackage,
}

#[derive(Deserialize)]
struct ManifestPackage {
    name: String,
    description: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default)]
    lesson: LessonMetadata,
}

#[derive(Deserialize, Default)]
struct LessonMetadata {
    address: Option<SocketAddr>,
}

/// Whether a folder is named like a lesson's: two digits and `-`.
pub(super) fn is_lesson(name: &str) -> bool {
    matches!(name.as_bytes(), [a, b, b'-', ..] if a.is_ascii_digit() && b.is_ascii_digit())
}

/// The number of the lesson and the package that `folder` holds.
///
/// # Errors
/// It holds none.
pub(super) fn read_package(root: &Path, folder: &Path) -> Result<(String, Package), Trouble> {
    let shown = folder.strip_prefix(root).unwrap_or(folder).display().to_string();
    let wrong = |line, what| Err(Trouble::of_folder(root, folder, line, what));
    let folder_name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !is_lesson(&folder_name) {
        return wrong(
            1,
            format!(
                "{shown}：课的文件夹要以两位数字和「-」开头，例如 04-upload-server；不是课，就移到 lessons/ 外面"
            ),
        );
    }
    let path = folder.join("Cargo.toml");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(_) if !path.exists() => {
            return wrong(
                1,
                format!(
                    "{shown}：这里没有 Cargo.toml，不是一课；写法见 CONTRIBUTING.md，不是课就移到 lessons/ 外面"
                ),
            );
        }
        Err(error) => return wrong(1, format!("读不了 {shown}/Cargo.toml：{error}")),
    };
    let manifest: Manifest = match toml::from_str(&text) {
        Ok(manifest) => manifest,
        Err(error) => {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let why = harmless(error.message());
            return wrong(line, format!("看不懂 {shown}/Cargo.toml：第 {line} 行：{why}"));
        }
    };
    let ManifestPackage { name, description, metadata } = manifest.package;
    if name != format!("lesson-{folder_name}") {
        let why = format!("{shown}/Cargo.toml：name 应当是 lesson-{folder_name}，现在是 {name}");
        return wrong(1, why);
    }
    let Some(title) = description else {
        return wrong(1, format!("{shown}/Cargo.toml 缺少 description（中文标题）"));
    };
    if !folder.join("src/main.rs").is_file() {
        return wrong(1, format!("{shown}：这里没有 src/main.rs，程序写在这个文件里"));
    }
    let number = folder_name.chars().take(2).collect();
    let address = metadata.lesson.address;
    Ok((number, Package { name, title, folder: folder.to_owned(), address }))
}

/// A lesson with its page, `docs/NN-*.md`, and the title in its heading: `# 第 01 课 一句话交情` has the title 一句话交情.
/// Without a page it has the title of its first package.
pub(super) fn lesson(
    root: &Path,
    number: String,
    packages: Vec<Package>,
) -> (Lesson, Option<Trouble>) {
    let page = page_of(root, &number);
    let shown = page.as_deref().map_or_else(
        || format!("docs/{number}-名字.md"),
        |page| page.strip_prefix(root).unwrap_or(page).display().to_string(),
    );
    let (title, reason) = match title(page.as_deref(), &number, &shown) {
        Ok(title) => (title, None),
        Err(reason) => {
            // what stands in the place of a title that is still to be written is none
            let first = packages.first().filter(|one| !one.title.contains(unwritten::MARK));
            (
                first.map_or_else(|| "（还没有题目）".to_owned(), |one| one.title.clone()),
                Some(reason),
            )
        }
    };
    let trouble = reason.map(|reason| Trouble {
        lesson: number.clone(),
        packages: packages.iter().map(|package| package.name.clone()).collect(),
        title: PAGE,
        path: PathBuf::from(&shown),
        line: 1,
        reason,
    });
    let page = trouble.is_none().then_some(shown);
    (Lesson { number, title, page, packages }, trouble)
}

/// The first page whose name begins with the number.
fn page_of(root: &Path, number: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(root.join("docs")).into_iter().flatten().flatten();
    let is_page = |name: &str| name.starts_with(&format!("{number}-")) && name.ends_with(".md");
    let pages = entries.filter(|entry| is_page(&entry.file_name().to_string_lossy()));
    pages.map(|entry| entry.path()).min()
}

/// The title in the heading of a page.
///
/// # Errors
/// What is wrong with the page, in Chinese.
fn title(page: Option<&Path>, number: &str, shown: &str) -> Result<String, String> {
    let wanted = format!("# 第 {number} 课 题目");
    let Some(page) = page else {
        return Err(format!("第 {number} 课没有笔记：写一页 {shown}，第一行是「{wanted}」"));
    };
    if !page.is_file() {
        return Err(format!("{shown}：不是一个文件"));
    }
    let bytes = fs::read(page).map_err(|error| format!("读不了 {shown}：{error}"))?;
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(&first[..first.len().min(limits::SHOWN_OF_A_LINE * 4)]);
    let title = first.strip_prefix(&format!("# 第 {number} 课 ")).map(str::trim);
    match title.filter(|title| !title.is_empty()) {
        // what stands there is no title yet
        Some(title) if title.contains(unwritten::MARK) => {
            let words = unwritten::in_words(&String::from_utf8_lossy(&bytes)).unwrap_or_default();
            Err(format!("{shown}：{words}"))
        }
        Some(title) => Ok(title.to_owned()),
        None => {
            let first: String = first.chars().take(limits::SHOWN_OF_A_LINE).collect();
            let first = harmless(first.trim_end());
            Err(format!("{shown}:1：第一行应当是「{wanted}」，现在是「{first}」"))
        }
    }
}
