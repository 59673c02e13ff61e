//! Who comes first among those who could: always the first, or what a seed says.

/// Decides, and decides the same way every time: choices made by a seed.
#[derive(Debug)]
pub struct Choices {
    /// `None`: the plainest order.
    state: Option<u64>,
    /// How often there was more than one.
    made: u64,
    /// So many turns are short still.
    short: u32,
}

/// So many turns of a seed with short turns are short: where two do much, to change between them takes more time than that.
const SHORT_TURNS: u32 = 4000;
/// A short turn has at most so many calls.
const SHORT: u64 = 4;

impl Choices {
    /// Seed 0 is the plainest order. With every third seed turns are short: whoever has just read something may find that
    /// another has changed it before he goes on (`sched(7)`: anybody may be taken off the processor at any time).
    pub fn new(seed: u64) -> Choices {
        let short = if seed != 0 && seed.is_multiple_of(3) { SHORT_TURNS } else { 0 };
        Choices { state: (seed != 0).then_some(seed), made: 0, short }
    }

    /// How many calls a turn has, of at most so many.
    pub fn turn(&mut self, most: u32) -> u32 {
        match (&mut self.state, self.short.checked_sub(1)) {
            (Some(state), Some(left)) => {
                self.short = left;
                1 + (next(state) % SHORT) as u32
            }
            _ => most,
        }
    }

    /// One of those that could come next, of which the first is the plainest choice.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        self.made += u64::from(from.len() > 1);
        let index = match &mut self.state {
            // nothing to decide, nothing is used up: the same seed means the same however often we ask
            Some(state) if from.len() > 1 => (next(state) % from.len() as u64) as usize,
            _ => 0,
        };
        from.get(index)
    }

    /// How often there was something to choose; never: every seed whose turns are all long gives the same order.
    pub fn count(&self) -> u64 {
        self.made
    }
}

/// SplitMix64 (Steele, Lea, Flood, 2014): good enough to shuffle, and the same on every machine.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed(*state)
}

/// Its last step: numbers that are near each other are as good as any others.
pub fn mixed(number: u64) -> u64 {
    let mut mixed = number;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_seed_the_first_comes_first() {
        let mut choices = Choices::new(0);
        assert!((0..10).all(|_| choices.pick(&[1, 2, 3]) == Some(&1)));
    }

    #[test]
    fn a_seed_gives_the_same_order_again() {
        let choices = |seed| -> Vec<i32> {
            let mut choices = Choices::new(seed);
            (0..20).map(|_| *choices.pick(&[1, 2, 3]).unwrap()).collect()
        };
        assert_eq!(choices(7), choices(7));
        assert_ne!(choices(7), choices(8));
        assert_eq!(Choices::new(7).pick::<i32>(&[]), None);
    }

    #[test]
    fn turns_are_short_with_every_third_seed_only() {
        let turns = |seed| -> Vec<u32> {
            let mut choices = Choices::new(seed);
            (0..20).map(|_| choices.turn(64)).collect()
        };
        for seed in [0, 1, 2, 4] {
            assert_eq!(turns(seed), [64; 20], "{seed}");
        }
        assert!(turns(3).iter().all(|calls| (1..=4).contains(calls)), "{:?}", turns(3));
        assert_eq!(turns(3), turns(3));
        let mut choices = Choices::new(6);
        for _ in 0..SHORT_TURNS {
            choices.turn(64);
        }
        assert_eq!(choices.turn(64), 64, "not for ever");
    }

    #[test]
    fn only_a_choice_among_several_counts() {
        let mut choices = Choices::new(0);
        choices.pick(&[1]);
        choices.pick::<i32>(&[]);
        assert_eq!(choices.count(), 0);
        choices.pick(&[1, 2]);
        assert_eq!(choices.count(), 1);
    }
}
