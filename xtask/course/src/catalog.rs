//! The lessons: what is in `lessons/`, in order, with titles and scripts.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use text::near;

use crate::page::{Heading, Page};
use crate::script::{self, Content, ParseError, Scene, Script};

/// What was typed is wrong: exit code 2.
#[derive(Debug)]
pub struct UsageError(pub String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// The whole course.
#[derive(Debug)]
pub struct Catalog {
    /// The workspace.
    pub root: PathBuf,
    /// In order of their numbers.
    pub lessons: Vec<Lesson>,
    /// What the notes say of mistakes, see [`mistake`](Catalog::mistake).
    pub mistakes: Vec<Heading>,
}

/// The page on mistakes: its headings with an id like `rule-text` explain a rule of the judge.
pub const MISTAKES: &str = "docs/mistakes.md";

/// A lesson: one number, one or more packages.
#[derive(Debug)]
pub struct Lesson {
    /// `00` to `99`.
    pub number: String,
    /// From the heading of its page in `docs/`.
    pub title: String,
    /// Its page, relative to the workspace.
    pub page: String,
    /// Those that start first; the simpler first: a variant has a longer name than what it varies.
    pub packages: Vec<Package>,
}

/// A crate below `lessons/`.
#[derive(Debug)]
pub struct Package {
    /// `lesson-` and the name of its folder.
    pub name: String,
    /// Its description, in Chinese.
    pub title: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The default of its `--addr`, if it takes one.
    pub address: Option<SocketAddrV4>,
}

/// A scene and where it comes from.
#[derive(Debug, Clone)]
pub struct Part {
    /// Number of the lesson.
    pub lesson: String,
    /// The script, relative to the workspace.
    pub script: PathBuf,
    /// The lines of the script.
    pub source: std::sync::Arc<Vec<String>>,
    /// The scene.
    pub scene: Scene,
}

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
    address: Option<SocketAddrV4>,
}

impl Catalog {
    /// Reads `lessons/` of the workspace at `root`.
    ///
    /// # Errors
    /// A folder that is no lesson, or a manifest that cannot be read.
    pub fn load(root: &Path) -> Result<Catalog> {
        let folder = root.join("lessons");
        let mut entries: Vec<PathBuf> = fs::read_dir(&folder)
            .with_context(|| format!("读不了课程文件夹 {}", folder.display()))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        entries.retain(|path| path.join("Cargo.toml").exists());
        entries.sort();
        let mut lessons: BTreeMap<String, Vec<Package>> = BTreeMap::new();
        for path in entries {
            let (number, package) = read_package(&path)?;
            lessons.entry(number).or_default().push(package);
        }
        for packages in lessons.values_mut() {
            packages.sort_by_key(|package| {
                let starts_first = package.folder.join("script.txt").exists();
                (!starts_first, package.name.len(), package.name.clone())
            });
        }
        let docs = root.join("docs");
        let lessons = lessons.into_iter().map(|(number, packages)| {
            let (page, title) = page_and_title(&docs, &number)?;
            Ok(Lesson { number, title, page, packages })
        });
        let lessons = lessons.collect::<Result<_>>()?;
        let mistakes = fs::read_to_string(root.join(MISTAKES)).unwrap_or_default();
        let mistakes = Page::of(&mistakes).headings;
        Ok(Catalog { root: root.to_owned(), lessons, mistakes })
    }

    /// The heading of [`MISTAKES`] with this id.
    pub fn mistake(&self, id: &str) -> Option<&Heading> {
        self.mistakes.iter().find(|heading| heading.id == id)
    }

    /// Every package, in order.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.lessons.iter().flat_map(|lesson| &lesson.packages)
    }

    /// All scenes of all scripts, in order.
    ///
    /// # Errors
    /// Mistakes in scripts: all of them, each with file, line and column; or a package that no script plays.
    pub fn parts(&self) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        let mut mistakes = Vec::new();
        for lesson in &self.lessons {
            for package in &lesson.packages {
                let path = package.folder.join("script.txt");
                if !path.exists() {
                    continue;
                }
                let shown = path.strip_prefix(&self.root).unwrap_or(&path).to_owned();
                match self.read_script(&path) {
                    Ok(script) => {
                        let source = std::sync::Arc::new(script.source);
                        parts.extend(script.scenes.into_iter().map(|scene| Part {
                            lesson: lesson.number.clone(),
                            script: shown.clone(),
                            source: source.clone(),
                            scene,
                        }));
                    }
                    Err(mistake) => mistakes.push(format!("{}：{mistake:#}", shown.display())),
                }
            }
        }
        if !mistakes.is_empty() {
            bail!("剧本有错\n{}", mistakes.join("\n"));
        }
        for package in self.packages() {
            if !parts.iter().any(|part| part.scene.packages().any(|name| name == package.name)) {
                bail!(
                    "没有一个剧本演到 {}：在它的文件夹（或和它搭档的服务器端的文件夹）里写一个 script.txt，写法见 docs/script.md",
                    package.name
                );
            }
        }
        Ok(parts)
    }

    fn read_script(&self, path: &Path) -> Result<Script> {
        let bytes = fs::read(path).context("读不了剧本")?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
            anyhow!("第 {line} 行不是 UTF-8 文本：用编辑器另存为 UTF-8")
        })?;
        let script = script::parse(&text)?;
        for scene in &script.scenes {
            self.check_packages(&script, scene)?;
            let prepared = scene.prepared.iter().map(|file| (file.line, Some(&file.content)));
            let compared = scene.compared.iter().map(|file| (file.line, file.content.as_ref()));
            for (line, content) in prepared.chain(compared) {
                let Some(Content::Lesson(path)) = content else { continue };
                if !self.root.join("lessons").join(path).is_file() {
                    let help =
                        "路径从 lessons/ 算起，例如 课程:04-upload-client/tongue-twister.txt";
                    return Err(mistake(&script, line, path, "课程里没有这个文件", help).into());
                }
            }
        }
        Ok(script)
    }

    fn check_packages(&self, script: &Script, scene: &Scene) -> Result<()> {
        for step in &scene.directions {
            let script::Action::Start { package, .. } = &step.action else { continue };
            if self.packages().any(|known| known.name == *package) {
                continue;
            }
            let known = self.packages().map(|package| package.name.as_str());
            let help = match near(package, known) {
                Some(near) => format!("是不是 {near}？"),
                None => "cargo xtask list 列出所有的程序".to_owned(),
            };
            let message = format!("没有叫 {package} 的程序");
            return Err(mistake(script, step.line, package, &message, &help).into());
        }
        Ok(())
    }

    /// The scenes that `targets` name: numbers or packages; none: all. A package's scenes are those that
    /// play it, whichever script they stand in.
    ///
    /// # Errors
    /// An unknown target, with the nearest known one: a [`UsageError`].
    pub fn select(&self, parts: Vec<Part>, targets: &[String]) -> Result<Vec<Part>> {
        let targets: Vec<String> = targets.iter().map(|target| in_full(target)).collect();
        for target in &targets {
            let number = |lesson: &Lesson| lesson.number == *target;
            if self.lessons.iter().any(number) || self.packages().any(|one| one.name == *target) {
                continue;
            }
            let known = self
                .lessons
                .iter()
                .map(|lesson| lesson.number.as_str())
                .chain(self.packages().map(|package| package.name.as_str()));
            let hint = near(target, known).map_or_else(
                || "，cargo xtask list 列出所有的课".to_owned(),
                |near| format!("，最接近的是 {near}；cargo xtask list 列出所有的课"),
            );
            return Err(UsageError(format!("没有「{target}」这一课{hint}")).into());
        }
        let wanted = |part: &Part| {
            targets.is_empty()
                || targets.iter().any(|target| {
                    part.lesson == *target || part.scene.packages().any(|name| name == target)
                })
        };
        Ok(parts.into_iter().filter(wanted).collect())
    }
}

/// `4` means `04`.
fn in_full(target: &str) -> String {
    match target.as_bytes() {
        [digit] if digit.is_ascii_digit() => format!("0{target}"),
        _ => target.to_owned(),
    }
}

/// A mistake in a script that only the catalog can see; it stands where `word` does in the line.
fn mistake(script: &Script, line: usize, word: &str, message: &str, help: &str) -> ParseError {
    let source = script.source[line - 1].clone();
    let before = source.find(word).map_or(0, |at| source[..at].chars().count());
    let (message, help) = (message.to_owned(), help.to_owned());
    ParseError { line, column: before + 1, message, help, source }
}

fn read_package(folder: &Path) -> Result<(String, Package)> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("读不了 {}", path.display()))?;
    let manifest: Manifest =
        toml::from_str(&text).with_context(|| format!("看不懂 {}", path.display()))?;
    let ManifestPackage { name, description, metadata } = manifest.package;
    let folder_name = folder.file_name().unwrap_or_default().to_string_lossy();
    let number: String = folder_name.chars().take(2).collect();
    let well_formed = number.len() == 2
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && folder_name.as_bytes().get(2) == Some(&b'-');
    if !well_formed {
        bail!("{}：课的文件夹要以两位数字和「-」开头，例如 04-upload-server", folder.display());
    }
    let title =
        description.with_context(|| format!("{} 缺少 description（中文标题）", path.display()))?;
    let address = metadata.lesson.address;
    Ok((number, Package { name, title, folder: folder.to_owned(), address }))
}

/// The page of a lesson, `docs/NN-*.md`, and the title in its heading: `# 第 01 课 一句话交情` has the title 一句话交情.
fn page_and_title(docs: &Path, number: &str) -> Result<(String, String)> {
    let wanted = format!("# 第 {number} 课 题目");
    let mut pages: Vec<PathBuf> = fs::read_dir(docs)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with(&format!("{number}-")) && name.ends_with(".md")
        })
        .map(|entry| entry.path())
        .collect();
    pages.sort();
    let Some(page) = pages.first() else {
        bail!("第 {number} 课没有笔记：写一页 docs/{number}-名字.md，第一行是「{wanted}」");
    };
    let text = fs::read_to_string(page).with_context(|| format!("读不了 {}", page.display()))?;
    let first = text.lines().next().unwrap_or_default();
    let title = first.strip_prefix(&format!("# 第 {number} 课 ")).map(str::trim);
    match title.filter(|title| !title.is_empty()) {
        Some(title) => {
            let name = page.file_name().unwrap_or_default().to_string_lossy();
            Ok((format!("docs/{name}"), title.to_owned()))
        }
        None => bail!("{}:1：第一行应当是「{wanted}」，现在是「{first}」", page.display()),
    }
}
