//! Who is told what happens.

use events::Event;

/// Somebody who is told what happens, as it happens.
pub trait Witness {
    /// This has happened.
    ///
    /// # Errors
    /// Nobody listens any more.
    fn tell(&mut self, event: &Event) -> std::io::Result<()>;

    /// For the moment nothing more has happened: time to pass it on.
    ///
    /// # Errors
    /// Nobody listens any more.
    fn pause(&mut self) -> std::io::Result<()>;
}
