//! A section of the notes as blocks of plain text: what a terminal can show of it.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::page::Page;

/// What stands below one heading.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading, without markup.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// In the order of the page.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(String),
    /// An item of a list.
    Item(String),
    /// The lines of a code block.
    Code(Vec<String>),
}

impl Section {
    /// The section of a page with this id: that of its heading, or of an HTML element in it.
    pub fn of(source: &str, page: &Page, id: &str) -> Option<Section> {
        let heading = page.heading_of(id)?;
        let next = page.headings.iter().find(|next| next.line > heading.line);
        let body = source.lines().take(next.map_or(usize::MAX, |next| next.line - 1));
        let body: Vec<&str> = body.skip(heading.line).collect();
        let (title, line) = (heading.text.clone(), heading.line);
        Some(Section { title, line, blocks: blocks(&body.join("\n")) })
    }
}

fn blocks(source: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut text = String::new();
    let (mut in_item, mut in_code) = (false, false);
    for event in Parser::new(source) {
        match event {
            Event::Start(Tag::Item) => in_item = true,
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::Start(Tag::Link { .. }) => text.push('「'),
            Event::End(TagEnd::Link) => text.push('」'),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                blocks.push(Block::Code(text.lines().map(str::to_owned).collect()));
                text.clear();
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item) if !text.is_empty() && !in_code => {
                let text = std::mem::take(&mut text);
                blocks.push(if in_item { Block::Item(text) } else { Block::Paragraph(text) });
                in_item = false;
            }
            _ => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = "# 页\n\n## 甲 {#a}\n\n- **看到**：`x` 停\n- 见[乙](#b)\n\n```text\n$ 一\n  二\n```\n\n\
                         ## 乙\n\n<a id=\"c\"></a><a id=\"d\"></a>\n\n一段\n";

    fn section(id: &str) -> Option<Section> {
        Section::of(NOTES, &Page::of(NOTES), id)
    }

    #[test]
    fn a_section_is_found_by_its_heading_and_ends_at_the_next() {
        let found = section("a").unwrap();
        assert_eq!((found.title.as_str(), found.line), ("甲", 3));
        let code = Block::Code(vec!["$ 一".into(), "  二".into()]);
        let items = ["看到：x 停", "见「乙」"].map(|text| Block::Item(text.into()));
        assert_eq!(found.blocks, items.into_iter().chain([code]).collect::<Vec<_>>());
    }

    #[test]
    fn several_ids_may_stand_in_one_section() {
        let found = section("c").unwrap();
        assert_eq!(found.title, "乙");
        assert_eq!(found.blocks, [Block::Paragraph("一段".into())]);
        assert_eq!(section("d"), Some(found));
        assert_eq!(section("e"), None);
    }
}
