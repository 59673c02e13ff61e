//! What is to be said of a scene beside its verdict, and is no mistake.

use events::Kind;
use text::thousands;

use crate::perform::Performance;

/// All of it, in Chinese, each a line.
pub fn hints(performance: &Performance) -> Vec<String> {
    let often = wrote_too_often(performance).map(|(what, advice)| what + &advice);
    let contained = not_contained(performance)
        .map(|why| format!("关不住程序（{why}）：写到场景的文件夹以外的，没有检查。"));
    let timer = performance.timer.as_ref().map(|why| format!("{why}：这个场景改用真实的时间演。"));
    often.into_iter().chain(contained).chain(timer).collect()
}

/// That a scene was not traced to its end, only because a program writes little and often; and what can be done.
pub fn wrote_too_often(performance: &Performance) -> Option<(String, String)> {
    let Performance { scene, events, verdict, .. } = performance;
    // what the script demands comes before that nobody saw each step
    let unseen = match verdict.unchecked.as_slice() {
        [first, _] => format!("，但是没有检查{}", first.what),
        [first, .., _] => {
            format!("，但是没有检查{}（等 {} 项）", first.what, verdict.unchecked.len() - 1)
        }
        _ => String::new(),
    };
    events.iter().find_map(|event| match event.kind {
        Kind::TooManyWrites { terminal, writes } => {
            let name = &scene.terminals[terminal].name;
            let what = format!(
                "「{}」：写输出（write）写到第 {} 次，这一次是「{name}」。一次一次地跟踪太慢，改为只读输出重演。",
                scene.title,
                thousands(writes)
            );
            let then = if unseen.is_empty() { "" } else { "，就能检查" };
            let advice = format!(
                "这不算错{unseen}。攒起来再写（例如 Rust 的 BufWriter），写的次数就少得多{then}。"
            );
            Some((what, advice))
        }
        _ => None,
    })
}

/// Why its programs could not be kept to their scene's folder, if they could not.
pub fn not_contained(performance: &Performance) -> Option<&str> {
    performance.events.iter().find_map(|event| match &event.kind {
        Kind::NotContained { why } => Some(why.as_str()),
        _ => None,
    })
}
