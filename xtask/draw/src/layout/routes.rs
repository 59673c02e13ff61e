//! The ways of the arrows: which gutter, which track.

use super::super::arrows::Why;
use super::super::story::Story;

/// So many arrows may run down side by side in one gutter.
const MOST_TRACKS: usize = 4;

/// The way of an arrow.
#[derive(Debug)]
pub struct Route {
    /// Index of the row where it begins.
    pub from: usize,
    /// Index of the row where it ends.
    pub to: usize,
    /// The gutter in which it runs down.
    pub gutter: usize,
    /// Its track there.
    pub track: usize,
    /// What it means.
    pub why: Why,
}

/// Cells of a gutter with so many tracks.
pub fn gutter_cells(tracks: usize) -> usize {
    if tracks == 0 { 3 } else { 5 + 2 * tracks }
}

/// The ways of all arrows.
pub struct Ways {
    /// Those that are drawn.
    pub routes: Vec<Route>,
    /// Per gutter.
    pub tracks: Vec<usize>,
    /// Arrows (from, to) for which there is no room: a word at the target says where they come from.
    pub left_out: Vec<(usize, usize)>,
}

/// Finds a way for each arrow between two of so many columns; `at`: the column of each entry.
pub fn ways(story: &Story, at: &[usize], columns: usize) -> Ways {
    let mut taken: Vec<Vec<usize>> = vec![vec![]; columns.saturating_sub(1)];
    let mut routes = Vec::new();
    let mut left_out = Vec::new();
    for arrow in &story.arrows {
        let (from, to) = (at[arrow.from], at[arrow.to]);
        if from == to {
            if columns == 1 && arrow.why != Why::Birth {
                left_out.push((arrow.from, arrow.to));
            }
            continue;
        }
        let gutter = if from < to { from } else { from - 1 };
        let tracks = &mut taken[gutter];
        let free = tracks.iter().position(|until| *until < arrow.from);
        let track = match free {
            Some(track) => track,
            None if tracks.len() < MOST_TRACKS => {
                tracks.push(0);
                tracks.len() - 1
            }
            None => {
                left_out.push((arrow.from, arrow.to));
                continue;
            }
        };
        tracks[track] = arrow.to;
        routes.push(Route { from: arrow.from, to: arrow.to, gutter, track, why: arrow.why });
    }
    Ways { routes, tracks: taken.iter().map(Vec::len).collect(), left_out }
}

/// The rows at which one arrow arrives and another one leaves on the same side.
pub fn busy(routes: &[Route], at: &[usize]) -> Vec<usize> {
    let rightward = |from: usize, to: usize| at[from] < at[to];
    let meet = |one: &Route, other: &Route| {
        one.to == other.from && rightward(one.from, one.to) != rightward(other.from, other.to)
    };
    let rows = routes.iter().filter(|one| routes.iter().any(|other| meet(one, other)));
    rows.map(|one| one.to).collect()
}
