//! What the folders of lessons and exercises may be called.

use course::catalog::UsageError;

/// No name is longer: it stands in commands that people type.
const LONGEST: usize = 40;

/// The name of a folder: `13-hello` has the number 13 and the rest `hello`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    /// Two digits.
    pub number: &'a str,
    /// Words in lower-case letters and digits, with hyphens between them.
    pub rest: &'a str,
}

/// Reads a name.
///
/// # Errors
/// It is none; what one is like.
pub fn read<'a>(name: &'a str, example: &str) -> Result<Name<'a>, UsageError> {
    let wrong = |why: &str| Err(UsageError(format!("「{name}」不能作名字：{why}")));
    if name.chars().count() > LONGEST {
        return wrong(&format!("太长，至多 {LONGEST} 个字符"));
    }
    let parts = name.split_once('-').filter(|(number, rest)| {
        number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit()) && is_plain(rest)
    });
    match parts {
        Some((number, rest)) => Ok(Name { number, rest }),
        None => {
            wrong(&format!("要两位数字，后面是小写字母和数字，之间用一个减号隔开，例如 {example}"))
        }
    }
}

/// `3` and `short-name` of `3-short-name`; without a number of its own, only the name.
///
/// # Errors
/// It is no number that an exercise has, or there is no name.
pub fn own_number(rest: &str) -> Result<(Option<u32>, &str), UsageError> {
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let (first, name) = rest.split_once('-').unwrap_or((rest, ""));
    if !is_number(first) {
        return Ok((None, rest));
    }
    let number = first.parse().ok().filter(|number| (1..100).contains(number));
    match number.filter(|_| !first.starts_with('0')) {
        Some(_) if name.is_empty() => Err(UsageError(format!(
            "编号 {first} 后面还要一个名字：小写字母、数字和减号，例如 {first}-short-name"
        ))),
        Some(number) => Ok((Some(number), name)),
        None => Err(UsageError(format!("练习的编号是 1 到 99，前面不加 0，不能是「{first}」"))),
    }
}

/// Words in lower-case letters and digits, with one hyphen between two.
fn is_plain(rest: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    rest.split('-').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_two_digits_and_plain_words() {
        let name = read("13-hello-2", "13-hello").unwrap();
        assert_eq!((name.number, name.rest), ("13", "hello-2"));
        for other in [
            "",
            "13",
            "13-",
            "3-hello",
            "130-hello",
            "13_hello",
            "13-Hello",
            "13-你好",
            "13-a--b",
            "13-a-",
            "-hello",
            "13-a/b",
            "13-..",
            "hello",
            "１３-hello",
        ] {
            let why = read(other, "13-hello").unwrap_err().0;
            assert!(why.ends_with("例如 13-hello"), "{why}");
        }
        let why = read(&format!("13-{}", "a".repeat(50)), "13-hello").unwrap_err().0;
        assert!(why.contains("至多 40 个字符"), "{why}");
    }

    #[test]
    fn an_exercise_may_have_a_number_of_its_own() {
        assert_eq!(own_number("short-name").unwrap(), (None, "short-name"));
        assert_eq!(own_number("3-short-name").unwrap(), (Some(3), "short-name"));
        for (other, wanted) in [
            ("3", "后面还要一个名字"),
            ("03-x", "不能是「03」"),
            ("0-x", "不能是「0」"),
            ("100-x", "不能是「100」"),
            ("99999999999-x", "不能是「99999999999」"),
        ] {
            let why = own_number(other).unwrap_err().0;
            assert!(why.contains(wanted), "{why}");
        }
    }
}
