//! A picture has an end: of a story that is too long, the beginning and the end are shown.

use super::deeds::{Act, Deed};

/// So many lines are shown of the beginning
const BEGINNING: usize = 220;
/// and of the end of a story that is too long.
const END: usize = 120;

/// Leaves out the middle of a story that has too many lines; says in place of it how many those were.
pub fn leave_out(deeds: &mut [Deed]) {
    let shown: Vec<usize> = (0..deeds.len()).filter(|index| !deeds[*index].gone).collect();
    if shown.len() <= BEGINNING + END {
        return;
    }
    let middle = &shown[BEGINNING..shown.len() - END];
    for index in &middle[1..] {
        deeds[*index].gone = true;
    }
    let deed = &mut deeds[middle[0]];
    deed.act = Act::LeftOut { lines: middle.len() };
    (deed.count, deed.bytes) = (1, 0);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_beginning_and_the_end_are_kept() {
        let deed = |at| Deed {
            at: Duration::from_secs(at),
            until: Duration::from_secs(at),
            event: 0,
            actor: 0,
            act: Act::Begins,
            count: 1,
            bytes: 0,
            unread: 0,
            gone: false,
        };
        let mut deeds: Vec<Deed> = (0..1000).map(deed).collect();
        leave_out(&mut deeds);
        let shown: Vec<&Deed> = deeds.iter().filter(|deed| !deed.gone).collect();
        assert_eq!(shown.len(), BEGINNING + END + 1);
        assert!(matches!(shown[BEGINNING].act, Act::LeftOut { lines: 660 }));
        assert_eq!((shown[0].at.as_secs(), shown[BEGINNING + END].at.as_secs()), (0, 999));
        let mut few: Vec<Deed> = (0..340).map(deed).collect();
        leave_out(&mut few);
        assert!(few.iter().all(|deed| !deed.gone && matches!(deed.act, Act::Begins)));
    }
}
