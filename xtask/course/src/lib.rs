//! What the course says: which lessons there are, what each should show, and its pages. No program is started here.
//!
//! | module | task |
//! | --- | --- |
//! | [`catalog`] | the lessons in order, with their titles, packages and scripts |
//! | [`script`] | the language of the scripts |
//! | [`exercise`] | the exercises |
//! | [`steps`] | the numbered steps (①②③) of a program |
//! | [`page`] | a page of the notes: headings, links, code |
//! | [`section`] | a section of a page as plain text |
//! | [`unwritten`] | what a file still lacks: `「待写：…」` |

pub mod catalog;
pub mod exercise;
pub mod page;
pub mod script;
pub mod section;
pub mod steps;
pub mod unwritten;
