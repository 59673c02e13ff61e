//! The word that was probably meant.

/// The known word that `word` was probably meant to be.
pub fn near<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| {
            // `4` and `upload-server` are as good as `04` and `lesson-04-upload-server`
            let within = known.contains(word) && !word.is_empty();
            let distance = strsim::damerau_levenshtein(word, known);
            (!within, distance, known)
        })
        // of two digits, a wrong one is no slip of the pen
        .filter(|(apart, distance, known)| !apart || *distance <= known.chars().count() / 3)
        .min()
        .map(|(.., known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_names_the_nearest_lesson() {
        let known = || ["04", "05", "lesson-04-upload-server", "lesson-05-single-task"].into_iter();
        assert_eq!(near("4", known()), Some("04"));
        assert_eq!(near("upload", known()), Some("lesson-04-upload-server"));
        assert_eq!(near("lesson-05-singletask", known()), Some("lesson-05-single-task"));
        assert_eq!(near("完全不同", known()), None);
        assert_eq!(near("99", known()), None);
    }
}
