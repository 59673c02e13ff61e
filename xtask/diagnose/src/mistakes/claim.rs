//! Which mistake explains a failure that several could explain: what is proved before what only fits the facts; of two that
//! are equally certain, the one from which others follow.

use std::collections::BTreeSet;

use super::Mistake;

/// What is left of each mistake, those that are proved first, both in the order of the table.
pub fn claimed(mistakes: Vec<Mistake>) -> Vec<Mistake> {
    let (proved, perhaps): (Vec<Mistake>, Vec<Mistake>) =
        mistakes.into_iter().partition(|mistake| mistake.finding.is_proved());
    let mut explained = BTreeSet::new();
    let left = |mistake: Mistake| {
        let failures = mistake.failures.into_iter().filter(|one| explained.insert(*one));
        let failures: Vec<usize> = failures.collect();
        // of which nothing is left that nothing before it explains
        let is_told = !failures.is_empty();
        is_told.then_some(Mistake { failures, ..mistake })
    };
    proved.into_iter().chain(perhaps).filter_map(left).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Code;
    use super::*;

    fn told(mistakes: Vec<Mistake>) -> Vec<(Code, Vec<usize>)> {
        let told = claimed(mistakes).into_iter();
        told.map(|one| (one.finding.explains(None).code, one.failures)).collect()
    }

    fn mistake(code: Code, failures: &[usize]) -> Mistake {
        Mistake::new(code, 0, 0, "", failures.to_vec())
    }

    #[test]
    fn what_is_proved_comes_before_what_may_be_of_the_same_failure() {
        let perhaps = || mistake(Code::PrintedBeforeEnd, &[0, 1]).perhaps();
        let proved = || mistake(Code::ChildNotWaited, &[1]);
        let other = || mistake(Code::WrongExitCode, &[2]);
        let both = vec![(Code::ChildNotWaited, vec![1]), (Code::PrintedBeforeEnd, vec![0])];
        assert_eq!(told(vec![perhaps(), proved()]), both);
        assert_eq!(told(vec![proved(), perhaps()]), both);
        let apart = vec![(Code::WrongExitCode, vec![2]), (Code::PrintedBeforeEnd, vec![0, 1])];
        assert_eq!(told(vec![perhaps(), other()]), apart);
        let whole = mistake(Code::ChildNotWaited, &[0, 1]);
        assert_eq!(told(vec![perhaps(), whole]), [(Code::ChildNotWaited, vec![0, 1])]);
    }

    #[test]
    fn of_the_equally_certain_the_first_explains() {
        let first = || mistake(Code::WorkersTooFew, &[0, 1]);
        let then = || mistake(Code::ChildNotWaited, &[1, 2]);
        let both = vec![(Code::WorkersTooFew, vec![0, 1]), (Code::ChildNotWaited, vec![2])];
        assert_eq!(told(vec![first(), then()]), both);
        assert_eq!(told(vec![first().perhaps(), then().perhaps()]), both);
        // what the first explains has not come from the last
        let three = vec![mistake(Code::NothingSent, &[1]).perhaps(), first(), then()];
        assert_eq!(told(three), both);
    }
}
