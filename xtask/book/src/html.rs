//! The built book: does every link of every page lead to a file and an element that are there?

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::appendix::local;

/// Links of the book in `folder` that lead nowhere: page and target, in order.
///
/// # Errors
/// A page cannot be read.
pub fn broken_links(folder: &Path) -> Result<BTreeSet<(String, String)>> {
    let mut pages = BTreeMap::new();
    for path in files(folder)? {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        // the page for a web server's errors, and all chapters once more
        if path.extension().is_some_and(|ending| ending == "html") && name != "404.html" {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            pages.insert(name, text);
        }
    }
    let ids: BTreeMap<&str, BTreeSet<&str>> =
        pages.iter().map(|(name, text)| (name.as_str(), values(text, "id").collect())).collect();
    let mut broken = BTreeSet::new();
    for (name, text) in &pages {
        for target in values(text, "href").chain(values(text, "src")) {
            let Some(there) = local(name, target) else {
                if target.starts_with("..") {
                    broken.insert((name.clone(), target.to_owned()));
                }
                continue;
            };
            let found = match (ids.get(there.file.as_str()), &there.anchor) {
                (Some(ids), Some(anchor)) => anchor.is_empty() || ids.contains(anchor.as_str()),
                _ => folder.join(&there.file).is_file(),
            };
            if !found {
                broken.insert((name.clone(), target.to_owned()));
            }
        }
    }
    Ok(broken)
}

/// All files below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}

/// The values of an attribute, within tags only.
fn values<'a>(html: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {attribute}=\"");
    let tags = html.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter_map(move |tag| tag.split_once(&start)?.1.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_page_and_a_missing_element_are_found() {
        let book = tempfile::tempdir().unwrap();
        fs::create_dir(book.path().join("files")).unwrap();
        let write = |name: &str, text: &str| fs::write(book.path().join(name), text).unwrap();
        write(
            "a.html",
            "<h1 id=\"甲\">x</h1><a href=\"files/b.html#乙\">b</a><img src=\"没有.svg\">",
        );
        write(
            "files/b.html",
            "<h2 class=\"c\" id=\"乙\"></h2><a href=\"../a.html#%E7%94%B2\"></a><a href=\"../a.html#丙\"></a><a href=\"../../d\"></a><a href=\"https://e.f\">&lt;a href=\"g\"</a>",
        );
        let broken: Vec<(String, String)> =
            broken_links(book.path()).unwrap().into_iter().collect();
        let wanted =
            [("a.html", "没有.svg"), ("files/b.html", "../../d"), ("files/b.html", "../a.html#丙")];
        assert_eq!(broken, wanted.map(|(page, target)| (page.to_owned(), target.to_owned())));
    }
}
