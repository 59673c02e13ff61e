//! A page of the notes, as a Markdown parser sees it: headings with their ids, links, pictures, code.

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// What a check wants to know of a page.
#[derive(Debug, Default)]
pub struct Page {
    /// In the order of the page.
    pub headings: Vec<Heading>,
    /// Every id that a link can lead to: of headings, and of HTML elements.
    pub ids: BTreeSet<String>,
    /// The ids of HTML elements, each with its line.
    pub anchors: Vec<(String, usize)>,
    /// Links and pictures.
    pub links: Vec<Link>,
    /// Code spans, and the lines of code blocks.
    pub code: Vec<Text>,
}

/// A heading.
#[derive(Debug)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Without markup.
    pub text: String,
    /// Written (`{#half-close}`), or made from the text.
    pub id: String,
    /// Line, from 1.
    pub line: usize,
}

/// A link or a picture.
#[derive(Debug)]
pub struct Link {
    /// As it is written.
    pub target: String,
    /// Where [`target`](Link::target) stands in the page; `None`: it is written elsewhere or with escapes.
    pub place: Option<Range<usize>>,
    /// What is shown; of a picture: what is said in its place.
    pub text: String,
    /// `![…](…)`.
    pub picture: bool,
    /// Line, from 1.
    pub line: usize,
}

/// A piece of text.
#[derive(Debug)]
pub struct Text {
    /// One line of it.
    pub text: String,
    /// Line, from 1.
    pub line: usize,
}

impl Page {
    /// Reads a page with the same options as mdBook. (One arm for each event of the parser: long, but a table.)
    pub fn of(source: &str) -> Page {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_HEADING_ATTRIBUTES
            | Options::ENABLE_GFM;
        let lines = Lines::of(source);
        let mut page = Page::default();
        let mut open_heading: Option<Heading> = None;
        let mut open_links: Vec<Link> = Vec::new();
        let mut in_code_block = false;
        for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
            let line = lines.number(range.start);
            match event {
                Event::Start(Tag::Heading { level, id, .. }) => {
                    let id = id.map_or_else(String::new, |id| id.to_string());
                    open_heading =
                        Some(Heading { level: level as u8, text: String::new(), id, line });
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some(mut heading) = open_heading.take() {
                        if heading.id.is_empty() {
                            heading.id = page.free_id(&slug(&heading.text));
                        }
                        page.ids.insert(heading.id.clone());
                        page.headings.push(heading);
                    }
                }
                Event::Start(
                    ref tag @ (Tag::Link { link_type, ref dest_url, .. }
                    | Tag::Image { link_type, ref dest_url, .. }),
                ) => {
                    let target = dest_url.to_string();
                    let written = source[range.clone()].rfind(&target);
                    let place = written
                        .filter(|_| link_type == LinkType::Inline)
                        .map(|at| range.start + at..range.start + at + target.len());
                    let picture = matches!(tag, Tag::Image { .. });
                    open_links.push(Link { target, place, text: String::new(), picture, line });
                }
                Event::End(TagEnd::Link | TagEnd::Image) => page.links.extend(open_links.pop()),
                Event::Start(Tag::CodeBlock(_)) => in_code_block = true,
                Event::End(TagEnd::CodeBlock) => in_code_block = false,
                Event::Text(text) if in_code_block => {
                    let texts = text.lines().enumerate();
                    page.code.extend(
                        texts.map(|(at, text)| Text { text: text.to_owned(), line: line + at }),
                    );
                }
                Event::Text(ref text) | Event::Code(ref text) => {
                    if let Event::Code(_) = event {
                        page.code.push(Text { text: text.to_string(), line });
                    }
                    if let Some(heading) = &mut open_heading {
                        heading.text.push_str(text);
                    }
                    if let Some(link) = open_links.last_mut() {
                        link.text.push_str(text);
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    let ids = html.split("id=\"").skip(1).filter_map(|rest| rest.split_once('"'));
                    let anchors = ids.map(|(id, _)| (id.to_owned(), line));
                    page.anchors.extend(anchors);
                }
                _ => {}
            }
        }
        page.ids.extend(page.anchors.iter().map(|(id, _)| id.clone()));
        page
    }

    /// The heading that a link to `id` leads to: the one that has it, or the one above the HTML element that has it.
    pub fn heading_of(&self, id: &str) -> Option<&Heading> {
        let own = self.headings.iter().find(|heading| heading.id == id);
        own.or_else(|| {
            let (_, line) = self.anchors.iter().find(|(anchor, _)| anchor == id)?;
            self.headings.iter().rfind(|heading| heading.line < *line)
        })
    }

    /// `slug`, or with a number behind it when a heading has that id already.
    fn free_id(&self, slug: &str) -> String {
        let numbered = (1..).map(|number| format!("{slug}-{number}"));
        let mut candidates = std::iter::once(slug.to_owned()).chain(numbered);
        candidates.find(|id| !self.ids.contains(id)).unwrap_or_default()
    }
}

/// The id that mdBook and GitHub give a heading: Chinese stays, punctuation goes, a space becomes `-`.
fn slug(text: &str) -> String {
    let kept = text.trim().to_lowercase();
    let kept = kept.chars().filter_map(|c| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.collect()
}

/// From a position to its line.
struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    fn of(source: &str) -> Lines {
        let after = source.match_indices('\n').map(|(at, _)| at + 1);
        Lines { starts: std::iter::once(0).chain(after).collect() }
    }

    fn number(&self, position: usize) -> usize {
        self.starts.partition_point(|start| *start <= position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_ids_that_mdbook_gives_them() {
        let page = Page::of(
            "# 第 04 课 文件上传\n\n## 坑\n\n## 半关闭（half-close） {#half-close}\n\n## `fork` 与 exec？\n\n## 坑\n\n<a id=\"这里\"></a>\n",
        );
        let ids: Vec<&str> = page.headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["第-04-课-文件上传", "坑", "half-close", "fork-与-exec", "坑-1"]);
        assert!(page.ids.contains("这里"));
        let lines = ["这里", "half-close", "坑-1", "没有"]
            .map(|id| page.heading_of(id).map(|heading| heading.line));
        assert_eq!(lines, [Some(9), Some(5), Some(9), None]);
        assert_eq!(page.headings[2].text, "半关闭（half-close）");
        assert_eq!(page.headings[2].line, 5);
    }

    #[test]
    fn links_pictures_and_code_have_their_lines() {
        let source = "见[甲](a.md#b)，\n![图](p/x.svg \"题\")。\n\n```text\ncargo 一\ncargo 二\n```\n\n| `三` |\n| --- |\n| [乙][c] |\n\n[c]: c.md\n";
        let page = Page::of(source);
        let links: Vec<(&str, &str, bool, usize)> = page
            .links
            .iter()
            .map(|link| (link.target.as_str(), link.text.as_str(), link.picture, link.line))
            .collect();
        let wanted =
            [("a.md#b", "甲", false, 1), ("p/x.svg", "图", true, 2), ("c.md", "乙", false, 11)];
        assert_eq!(links, wanted);
        assert_eq!(&source[page.links[0].place.clone().unwrap()], "a.md#b");
        assert_eq!(page.links[2].place, None);
        let code: Vec<(&str, usize)> =
            page.code.iter().map(|text| (text.text.as_str(), text.line)).collect();
        assert_eq!(code, [("cargo 一", 5), ("cargo 二", 6), ("三", 9)]);
    }
}
