//! Lines of standard error that have another text now. There, lines in between mean nothing.

use course::script::Bindings;

use super::align::Item;
use super::retext::{Retext, retext};

/// What it costs to take a line for an item, and the item's new text if it is another.
type Fit = (f64, Option<Retext>);

/// The new texts of `items` (`None`: as before), in their order among the lines `said`.
///
/// # Errors
/// Index of an item that nothing said is like.
pub fn retexts(
    items: &[Item],
    said: &[&str],
    known: &Bindings,
) -> Result<Vec<Option<Retext>>, usize> {
    // ways[i][j]: the cheapest way to find the items from i on among the lines from j on
    let nowhere = f64::INFINITY;
    let mut ways = vec![vec![nowhere; said.len() + 1]; items.len() + 1];
    ways[items.len()].fill(0.0);
    let mut found: Vec<Vec<Option<Fit>>> = Vec::new();
    for item in items {
        found.push(said.iter().map(|text| fit(item, text, known)).collect());
    }
    for i in (0..items.len()).rev() {
        for j in (0..said.len()).rev() {
            let here = match &found[i][j] {
                Some((price, _)) => price + ways[i + 1][j + 1],
                None => nowhere,
            };
            ways[i][j] = here.min(ways[i][j + 1]);
        }
    }
    if ways[0][0].is_infinite() {
        let alone = |i: &usize| found[*i].iter().all(Option::is_none);
        return Err((0..items.len()).find(alone).unwrap_or(0));
    }
    let mut chosen = Vec::new();
    let mut j = 0;
    for i in 0..items.len() {
        // the first place from which the way is not cheaper further down
        while ways[i][j] == ways[i][j + 1] {
            j += 1;
        }
        chosen.push(found[i][j].take().and_then(|(_, new)| new));
        j += 1;
    }
    Ok(chosen)
}

fn fit(item: &Item, text: &str, known: &Bindings) -> Option<Fit> {
    if item.expected.pattern.loosened().matches_alone(text, None) {
        return Some((0.0, None));
    }
    let new = retext(&item.pieces, text, known)
        .or_else(|| retext(&item.pieces, text, &Bindings::new()))?;
    Some((0.1 + new.change, Some(new)))
}
