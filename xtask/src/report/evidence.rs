//! The facts that a cause rests on, a sentence each.

use course::script::Scene;
use diagnose::{Cause, Evidence};
use text::harmless;

use super::waiting;

/// In Chinese; what programs printed is harmless.
pub fn lines(scene: &Scene, cause: &Cause) -> Vec<String> {
    let line = |fact: &Evidence| match fact {
        Evidence::Waits(waiter) => waiting::sentence(scene, waiter),
        Evidence::HalfALine { terminal, text } => {
            let name = &scene.terminals[*terminal].name;
            harmless(&format!("「{name}」最后发的「{text}」没有换行"))
        }
    };
    cause.evidence.iter().map(line).collect()
}
