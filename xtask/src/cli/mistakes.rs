//! What is wrong with a command line, in Chinese.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The numbers that an option takes, as its `range` says.
pub const RANGES: [(&str, u32, u32); 7] = [
    ("--jobs", 1, 64),
    ("--size", 1, 1_048_576),
    ("--rounds", 1, 100),
    ("--exchanges", 1, 10_000),
    ("--clients", 1, 63),
    ("--width", 40, 400),
    ("--hint", 1, 3),
];

/// In one sentence, with the nearest known word.
pub fn in_words(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let suggestion = |kind| match text(kind) {
        near if near.is_empty() => String::new(),
        near => format!("，是不是 {near}？"),
    };
    let arg = text(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::InvalidSubcommand => format!(
            "没有「{}」这个命令{}",
            text(ContextKind::InvalidSubcommand),
            suggestion(ContextKind::SuggestedSubcommand)
        ),
        // the only command that has others below it
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "没有写新的什么：exercise（练习）、lesson（课）里选一个".to_owned()
        }
        ErrorKind::UnknownArgument => {
            format!("不认识的选项 {arg}{}", suggestion(ContextKind::SuggestedArg))
        }
        ErrorKind::MissingRequiredArgument => format!("缺少参数 {arg}"),
        ErrorKind::ArgumentConflict => format!("选项 {arg} 写了不止一次，或和别的选项冲突"),
        ErrorKind::InvalidValue if text(ContextKind::InvalidValue).is_empty() => {
            // what else it needs, before the next try
            let more = match arg.starts_with("--svg") {
                true => {
                    "：要写文件名，例如 --svg tu.svg；一个文件只画一个场景，有几个的课还要用 --scene 选一个"
                }
                false => "",
            };
            format!("选项 {arg} 后面缺少值{more}")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let allowed = text(ContextKind::ValidValue);
            let allowed =
                if allowed.is_empty() { allowed } else { format!("，可以写 {allowed}") };
            let option = arg.split(' ').next().unwrap_or_default();
            let range = RANGES.iter().find(|(name, ..)| *name == option);
            let range = range.map_or_else(String::new, |(_, least, most)| {
                format!("，要的是 {least} 到 {most} 的整数")
            });
            format!("{arg} 不能是「{}」{allowed}{range}", text(ContextKind::InvalidValue))
        }
        ErrorKind::TooManyValues => format!("选项 {arg} 不带值"),
        ErrorKind::InvalidUtf8 => "命令行里有不是 UTF-8 的文字".to_owned(),
        _ => "命令行写错了".to_owned(),
    }
}
