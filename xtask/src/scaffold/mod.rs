//! `cargo xtask new`: all the parts of a new exercise or lesson, with `「待写：…」` wherever something is still to be
//! written ([`course::unwritten`]): the same checks that look at finished ones reject it as long as one is left.
//!
//! | file | task |
//! | --- | --- |
//! | `names` | what a folder may be called |
//! | `exercise` | the parts of an exercise |
//! | `lesson` | the parts of a lesson |
//! | `draft` | puts them in their places: all of them, or none |
//! | `templates/` | the parts, with `{{name}}` where something is put in |

mod draft;
mod exercise;
mod lesson;
mod names;

pub use draft::Draft;
pub use exercise::{ExerciseParts, exercise};
pub use lesson::{LessonParts, lesson};

/// A template with what belongs into it.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let put = |text: String, (name, value): &(&str, &str)| {
        text.replace(&format!("{{{{{name}}}}}"), value)
    };
    values.iter().fold(template.to_owned(), put)
}
