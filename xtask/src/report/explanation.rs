//! Why programs went wrong of which nothing was expected: what `trace` says below its picture.

use course::script::Scene;
use diagnose::{Cause, tell};
use text::harmless;

use super::waiting;

/// The causes, those of one event together, each time with the facts that they rest on.
pub fn lines(scene: &Scene, causes: &[Cause]) -> Vec<String> {
    let mut lines = Vec::new();
    for of_one in causes.chunk_by(|one, next| one.about == next.about) {
        let told = tell(&of_one.iter().collect::<Vec<_>>());
        lines.extend(told.iter().map(|line| harmless(line)));
        // candidates rest on the same facts
        let waiters = of_one.first().map(|cause| waiting::lines(scene, cause));
        lines.extend(waiters.into_iter().flatten().map(|line| format!("  {line}")));
    }
    lines
}
