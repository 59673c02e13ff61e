//! Text for people: how wide it is on a terminal, what may be shown of it, which word was meant, and markup.
//!
//! | file | task |
//! | --- | --- |
//! | `width` | terminal cells, padding |
//! | `chop` | text broken or cut to its room, whatever it is |
//! | `hang` | long lines broken, what follows below the last column |
//! | `harmless` | control characters are shown, not obeyed; what is too long is cut |
//! | `near` | the known word that a wrong one was meant to be |
//! | `number` | numbers with a comma before every three digits |
//! | `xml` | what XML reserves is escaped |

mod chop;
mod hang;
mod harmless;
mod near;
mod number;
mod width;
mod xml;

pub use chop::{chop, fitting};
pub use hang::hang;
pub use harmless::{harmless, shortened};
pub use near::near;
pub use number::thousands;
pub use width::{pad, width};
pub use xml::escape_xml;
