//! A small course whose notes agree with everything.

use super::course::Course;

/// The page of its lesson.
pub const PAGE: &str = "\
# 第 01 课 试

见[目录](README.md#怎样读)和[坑](#half-close)。

程序：[main.rs](../lessons/01-x/src/main.rs)

- ①② 先做。
- ③ 再做。

<!-- #steps 01-x ①-③ -->
```rust,ignore
fn run() {
    // ①② 一
    args.addr(\"--addr\");
    // ③ 二
    b();
}
```

剧本：[script.txt](../lessons/01-x/script.txt)

<!-- #script 01-x 甲 -->
```text
场景 甲
主 $ lesson-01-x
主 | 好
```

![两个程序的先后](pictures/01-x.svg)

## 坑：半关闭 {#half-close}

```text
cargo run -p lesson-01-x -- --addr 127.0.0.1:1
cargo xtask check 01 --jobs 2
```
";

const INDEX: &str = "\
# 笔记

## 怎样读

[第 01 课](01-x.md#half-close)

| [第 01 课 试](01-x.md) | 试一试 |
";

const README: &str = "\
# 课程

[笔记](docs/README.md)：1 个小程序，分成 1 课；1 small programs。

| [01 试](docs/01-x.md) | `cargo run -p lesson-01-x` |
";

/// A course of one lesson, with nothing wrong.
pub fn course() -> Course {
    let course = Course::new().lesson("01-x", "试");
    let program =
        "fn run() {\n    // ①② 一\n    args.addr(\"--addr\");\n    // ③ 二\n    b();\n}\n";
    let script = "场景 甲\n主 $ lesson-01-x\n主 | 好\n";
    let course = course.program("01-x", program).script("01-x", script);
    course.write("docs/01-x.md", PAGE);
    course.write("docs/README.md", INDEX);
    course.write("docs/teachers.md", "# 给老师\n\n| [01](01-x.md) | 25 | 一 |\n\n合计 25 分钟。\n");
    let summary =
        "# 目录\n\n[笔记](README.md)\n\n- [第 01 课 试](01-x.md)\n- [给老师](teachers.md)\n";
    course.write("docs/SUMMARY.md", summary);
    course.write("docs/pictures/01-x.svg", "<svg/>");
    course.write("README.md", README);
    course.write("CONTRIBUTING.md", "# 怎样参与\n\n例如 `lesson-12-hello`\n");
    course
}
