//! The pictures of a traced scene: pure functions from a scene and its events to text and SVG.
//!
//! | file | task |
//! | --- | --- |
//! | `names` | what changes from run to run (pids, ports) gets names that do not |
//! | `deeds` | from raw events to what each actor did, without what teaches nothing |
//! | `arrows` | what led to what: send to receive, connect to accept, fork to child |
//! | `neglect` | what nobody did: bytes that nobody read, children for which nobody waited |
//! | `fold` | many equal things become one |
//! | `rounds` | what is done again and again is told once |
//! | `excess` | of a story that is too long, the middle is left out |
//! | `numbering` | which call belongs to which numbered step of a lesson's source |
//! | `topic` | what a step can be about, and by what one sees it: calls, methods, terms |
//! | `words` | a call in the words of the notes; `printed`: lines |
//! | `story` | all of these in order: events to [`Story`] |
//! | `bars` | who ran, slept and waited when |
//! | `layout` | columns, rows and the ways of the arrows: the same for text and SVG |
//! | `film` | the run step by step, with what the kernel holds, as one HTML file |
//! | `glyphs` | characters that have one width in every terminal |
//! | `lanes`, `lanes_svg` | programs side by side, with arrows |
//! | `timeline`, `timeline_svg` | one bar per process or thread |
//! | `remarks` | what is said below a drawing |
//! | `svg` | colours, fonts and widths that both kinds of SVG share |
//!
//! Nothing here looks at the machine: the same events give the same picture.

mod arrows;
mod bars;
mod deeds;
mod excess;
pub mod film;
mod fold;
mod glyphs;
mod lanes;
mod lanes_svg;
mod layout;
mod names;
mod neglect;
mod numbering;
mod printed;
mod remarks;
mod rounds;
mod story;
mod svg;
mod timeline;
mod timeline_svg;
mod topic;
mod words;

#[cfg(test)]
mod tests;

pub use story::{Sources, Story, tell};

/// How things are called that differ from run to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// By names that stay: 端口甲, `<p1>`; no times but those of a virtual clock.
    Stable,
    /// As they were.
    Real,
}

/// The kinds of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// Programs side by side, in the order of what they did.
    Lanes,
    /// One bar per process and thread over time, then the lanes.
    Timeline,
}

impl Picture {
    /// The one that shows what this story is about: a timeline where processes or threads work side by side and
    /// nothing crosses a wire.
    pub fn of(story: &Story) -> Picture {
        let alone = story.terminals.len() == 1 && !story.has_connections;
        if alone && story.actors.iter().filter(|actor| actor.shown).count() > 1 {
            Picture::Timeline
        } else {
            Picture::Lanes
        }
    }
}

/// The picture for a terminal of so many cells: one title, also of two drawings.
pub fn text(story: &Story, picture: Picture, width: usize) -> String {
    let title = glyphs::cut(&glyphs::unambiguous(&story.title), width);
    let lanes = lanes::text(story, width);
    match picture {
        Picture::Lanes => format!("{title}\n\n{lanes}"),
        Picture::Timeline => format!("{title}\n\n{}\n{lanes}", timeline::text(story, width)),
    }
}

/// The picture as a whole SVG file; below it are the remarks.
pub fn svg(story: &Story, picture: Picture, remarks: &[String]) -> String {
    let drawings = match picture {
        Picture::Lanes => vec![lanes_svg::drawing(story)],
        Picture::Timeline => vec![timeline_svg::drawing(story), lanes_svg::drawing(story)],
    };
    svg::file(&story.title, &drawings, remarks)
}
