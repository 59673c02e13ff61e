//! The notes as a book, and whether what they say is still true.
//!
//! | file | task |
//! | --- | --- |
//! | `excerpt` | the lines of a program's numbered steps |
//! | `directive` | pieces of programs and scripts that stand in a page, copied |
//! | `exercises` | what the pages say of the exercises |
//! | `pages` | writes those copies |
//! | `appendix` | the files that pages link to, as pages of the book |
//! | `preprocess` | mdBook's side: chapters in, chapters out |
//! | `tool` | mdBook itself, below `target/` |
//! | `html` | the built book: links that lead nowhere |
//! | `check` | the pages against the programs, the scripts and the command line |

mod appendix;
pub mod check;
mod directive;
mod excerpt;
mod exercises;
pub mod html;
pub mod pages;

pub mod preprocess;
pub mod tool;
