//! The figures of several rounds.

use std::time::Duration;

/// A time for people: short ones in milliseconds.
pub fn shown(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 0.1 => format!("{:.1} 毫秒", seconds * 1000.0),
        seconds => format!("{seconds:.3} 秒"),
    }
}

/// One contender's times, a place for each round: `None` where it failed.
pub type Rounds = Vec<Option<Duration>>;

/// The shortest.
pub fn shortest(times: &Rounds) -> Option<Duration> {
    times.iter().flatten().min().copied()
}

/// The one in the middle.
pub fn median(times: &Rounds) -> Option<Duration> {
    let mut seconds: Vec<f64> = times.iter().flatten().map(Duration::as_secs_f64).collect();
    middle(&mut seconds).map(Duration::from_secs_f64)
}

/// How many times as long as `base` it takes: the median of the ratios of each round, because what disturbs a round
/// disturbs both.
pub fn ratio(times: &Rounds, base: &Rounds) -> Option<f64> {
    let pairs = times.iter().zip(base).filter_map(|(time, base)| Some(((*time)?, (*base)?)));
    let mut ratios: Vec<f64> =
        pairs.map(|(time, base)| time.as_secs_f64() / base.as_secs_f64()).collect();
    middle(&mut ratios)
}

fn middle(figures: &mut [f64]) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let half = figures.len() / 2;
    match figures.len() {
        0 => None,
        count if count % 2 == 1 => Some(figures[half]),
        _ => Some((figures[half - 1] + figures[half]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_are_not_rounded_to_nothing() {
        assert_eq!(shown(Duration::from_micros(430)), "0.4 毫秒");
        assert_eq!(shown(Duration::from_millis(1250)), "1.250 秒");
    }

    fn rounds(seconds: &[u64]) -> Rounds {
        seconds.iter().map(|seconds| Some(Duration::from_secs(*seconds))).collect()
    }

    #[test]
    fn medians_and_ratios() {
        assert_eq!(median(&rounds(&[9, 1, 2])), Some(Duration::from_secs(2)));
        assert_eq!(median(&rounds(&[1, 2])), Some(Duration::from_millis(1500)));
        assert_eq!(shortest(&rounds(&[9, 1, 2])), Some(Duration::from_secs(1)));
        assert_eq!(median(&vec![None]), None);
        assert_eq!(ratio(&rounds(&[2, 30, 8]), &rounds(&[1, 10, 2])), Some(3.0));
        assert_eq!(ratio(&vec![None, Some(Duration::from_secs(3))], &rounds(&[1, 2])), Some(1.5));
    }
}
