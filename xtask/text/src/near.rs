//! The word that was probably meant.

/// The known word that `word` was probably meant to be: one that it is a part of, or that is all of it but two letters;
/// or else the one with the fewest slips of the pen (a letter too many, too few, wrong, or two exchanged), if those are
/// at most a third of its letters, or one.
pub fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|known| {
            // `4` and `upload-server` are as good as `04` and `lesson-04-upload-server`
            let slips = strsim::damerau_levenshtein(word, known);
            let within = known.contains(word) && !word.is_empty()
                || known.chars().count() > 1 && slips <= 2 && word.contains(known);
            (!within, slips, known)
        })
        .filter(|(apart, slips, known)| !apart || *slips <= most_slips(known))
        .min()
        .map(|(.., known)| known)
}

fn most_slips(known: &str) -> usize {
    let letters = known.chars().count();
    match known.bytes().all(|byte| byte.is_ascii_digit()) {
        // a wrong digit is no slip of the pen, it is another number; nor is a wrong letter where there is only one
        true => 0,
        false => (letters / 3).max(1).min(letters - 1),
    }
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
        assert_eq!(near("15", known()), None);
        assert_eq!(near("监昕", ["监听", "连接"]), Some("监听"));
        assert_eq!(near("监听：", ["监听", "连接"]), Some("监听"));
        assert_eq!(near("说", ["$", "|"]), None);
    }
}
