//! What rustc says most often to beginners, in Chinese beside the English.

use crate::cargo::CompileError;

/// By code.
const WORDS: [(&str, &str); 16] = [
    ("E0382", "这个值已经移走（move）了，后面又用了它：改成借用（&），或者先 clone()"),
    ("E0308", "类型对不上：要的（expected）和给的（found）不一样"),
    ("E0596", "它不能改：声明的时候写 let mut"),
    ("E0384", "它只能赋值一次：要改，声明的时候写 let mut"),
    (
        "E0599",
        "这个类型没有这个方法：名字拼对了吗？方法在 trait 里的，要先 use 它（例如 use std::io::Read）",
    ),
    ("E0425", "没有这个名字：拼对了吗？在它的作用域里吗？"),
    ("E0433", "没有这个路径：少了 use，或者名字拼错了"),
    ("E0432", "use 的东西找不到：路径拼对了吗？"),
    (
        "E0277",
        "这个类型没有实现要的 trait：看下面要的是哪一个（the trait … is not implemented for）",
    ),
    ("E0583", "没有这个模块的文件：练习的程序只写在自己的文件里"),
    ("E0505", "它还被借用着，不能移走"),
    ("E0502", "它正被借用，不能同时改它"),
    ("E0004", "match 没有写全：还有一种情况没有分支（最后可以写 _ => …）"),
    ("E0368", "这个类型不能这样就地算：是守卫或引用的，前面写 * 取出里面的值"),
    ("E0061", "参数的个数不对：看下面写出的那个函数要几个"),
    ("E0373", "线程可能活得比它借用的变量久：闭包前面写 move"),
];

/// Without a code, by how the message begins.
const WITHOUT_CODE: [(&str, &str); 3] = [
    ("couldn't read", "要放进来的文件（include、#[path]）读不到：练习的程序只写在自己的文件里"),
    ("linking with", "编译过了，链接没有通过：用了这里没有的库？"),
    ("environment variable", "编译的时候没有这个环境变量：练习用不到 env!"),
];

/// The error in Chinese, if it is one of these.
pub fn in_chinese(error: &CompileError) -> Option<&'static str> {
    let known = match error.code.as_deref() {
        Some(code) => WORDS.iter().find(|(known, _)| *known == code),
        None => WITHOUT_CODE.iter().find(|(begin, _)| error.message.starts_with(begin)),
    };
    known.map(|(_, words)| *words)
}
