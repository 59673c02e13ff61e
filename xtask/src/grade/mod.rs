//! `cargo xtask grade`: the exercises of a class, judged as `practice` judges them, and told in one table.
//!
//! ```text
//! folders --students--> who has what --submission--> verdicts --table--> grade.csv, summary
//!                                                            \--page---> grade.html
//! ```
//!
//! What a student has handed in is hostile until it has been judged: only the files of the exercises are read, no link is
//! followed, and they are compiled and played where they reach nothing of this machine.
//!
//! | file | task |
//! | --- | --- |
//! | `students` | whose folders these are |
//! | `submission` | one student's files of one exercise: compiled by the contained compiler, played contained |
//! | `judging` | all students, several at a time |
//! | `table` | the table, and the commonest mistakes |
//! | `csv` | the table for a spreadsheet |
//! | `page` | the table for a browser |

mod csv;
mod judging;
mod page;
mod students;
mod submission;
mod table;

pub use csv::csv;
pub use judging::{Judged, Judging};
pub use page::{Explained, page};
pub use students::{Class, Student, find};
pub use table::{Common, Table};
