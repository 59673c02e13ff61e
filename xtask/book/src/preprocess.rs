//! mdBook's side of the book: it hands over all chapters as JSON on standard input and takes them back from standard
//! output (<https://rust-lang.github.io/mdBook/for_developers/preprocessors.html>).

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::appendix::{Appendix, File};
use super::directive;

/// The hidden subcommand that `xtask/book/site/book.toml` names.
pub const NAME: &str = "mdbook-preprocessor";

/// Answers mdBook. `args`: what stands behind [`NAME`].
///
/// # Errors
/// A directive that is wrong, or input that is not mdBook's.
pub fn run(root: &Path, args: &[String]) -> Result<ExitCode> {
    // `supports RENDERER` asks whether we are wanted
    if let [command, renderer] = args {
        let wanted = command == "supports" && renderer == "html";
        return Ok(if wanted { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut input = String::new();
    io::stdin().read_to_string(&mut input).context("读不了 mdBook 给的内容")?;
    let input: Value = serde_json::from_str(&input)
        .context("这个命令由 mdBook 使用；生成书用 cargo xtask book")?;
    let Value::Array(parts) = input else { bail!("mdBook 给的内容不是数组") };
    let Ok([_, mut book]) = <[Value; 2]>::try_from(parts) else {
        bail!("mdBook 给的不是两项")
    };
    transform(root, &mut book)?;
    serde_json::to_writer(io::stdout().lock(), &book)?;
    io::stdout().flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the copies in the chapters new, and adds the files that they link to.
fn transform(root: &Path, book: &mut Value) -> Result<()> {
    let mut appendix = Appendix::new(root);
    let items = book.get_mut("items").and_then(Value::as_array_mut);
    let items = items.context("mdBook 给的书里没有章")?;
    for item in items.iter_mut() {
        chapter(root, &mut appendix, item)?;
    }
    let files = appendix.files();
    if !files.is_empty() {
        items.push(json!("Separator"));
        let number = items.len();
        items.push(appended(number, files));
    }
    Ok(())
}

/// A chapter and those below it.
fn chapter(root: &Path, appendix: &mut Appendix, item: &mut Value) -> Result<()> {
    let Some(chapter) = item.get_mut("Chapter") else { return Ok(()) };
    let path = |name: &str| chapter.get(name).and_then(Value::as_str).map(str::to_owned);
    if let (Some(source), Some(to)) = (path("source_path"), path("path")) {
        let from = format!("docs/{source}");
        let text = chapter["content"].as_str().unwrap_or_default();
        let text = directive::renew(root, &from, text)?;
        chapter["content"] = Value::String(appendix.relink(&from, &to, &text));
    }
    for below in chapter["sub_items"].as_array_mut().into_iter().flatten() {
        self::chapter(root, appendix, below)?;
    }
    Ok(())
}

/// The last chapter: what is in the folders, as far as the book speaks of it. `number`: that of no other chapter; what
/// is below a number is folded away in the table of contents.
fn appended(number: usize, files: Vec<File>) -> Value {
    const TITLE: &str = "程序和文件";
    const PATH: &str = "files/index.md";
    let list: String =
        files.iter().map(|file| format!("- [{}](../{})\n", file.name, file.path)).collect();
    let content = format!("# {TITLE}\n\n书里提到的程序、剧本和别的文件，原样收在这里。\n\n{list}");
    let below = files.iter().enumerate().map(|(at, file)| {
        json!({ "Chapter": {
            "name": file.name, "content": file.content, "number": [number, at + 1],
            "sub_items": [], "path": file.path, "source_path": null, "parent_names": [TITLE],
        } })
    });
    json!({ "Chapter": {
        "name": TITLE, "content": content, "number": [number],
        "sub_items": below.collect::<Vec<_>>(), "path": PATH, "source_path": null,
        "parent_names": [],
    } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn chapters_come_back_with_their_pieces_and_the_files_that_they_link_to() {
        let root = tempfile::tempdir().unwrap();
        let lesson = root.path().join("lessons/01-x/src");
        fs::create_dir_all(&lesson).unwrap();
        fs::write(lesson.join("main.rs"), "fn run() {\n    z();\n    // ① 甲\n    a();\n}\n")
            .unwrap();
        let text = "# 一\n\n[程序](../lessons/01-x/src/main.rs)\n\n<!-- #steps 01-x ① -->\n";
        let one = json!({ "Chapter": {
            "name": "一", "content": "", "number": null, "path": "1.md", "source_path": "1.md",
            "parent_names": [],
            "sub_items": [{ "Chapter": {
                "name": "二", "content": text, "number": null, "sub_items": [], "path": "2.md",
                "source_path": "2.md", "parent_names": ["一"],
            } }],
        } });
        let mut book = json!({ "items": [one, "Separator"] });
        transform(root.path(), &mut book).unwrap();
        let inner = book["items"][0]["Chapter"]["sub_items"][0]["Chapter"]["content"].as_str();
        let inner = inner.unwrap();
        assert!(inner.contains("```rust,ignore\n// ① 甲\na();\n```"), "{inner}");
        assert!(inner.contains("[程序](files/lessons/01-x/src/main.rs.md)"), "{inner}");
        let added = &book["items"][3]["Chapter"];
        assert_eq!(added["sub_items"][0]["Chapter"]["name"], "lessons/01-x/src/main.rs");

        let wrong = json!({ "Chapter": {
            "name": "三", "content": "\n<!-- #steps 01-x ② -->\n", "number": null, "sub_items": [],
            "path": "3.md", "source_path": "3.md", "parent_names": [],
        } });
        let error = transform(root.path(), &mut json!({ "items": [wrong] })).unwrap_err();
        assert!(format!("{error:#}").starts_with("docs/3.md:2: "), "{error:#}");
    }
}
