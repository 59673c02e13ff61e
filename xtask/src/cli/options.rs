//! The options of commands. (The comments are what `--help` prints.)

/// Which exercise, and what is done with it.
#[derive(Debug, Clone, clap::Args)]
pub struct PracticeOptions {
    /// 练习的编号（如 04-2），或者课的编号（如 04：这一课下一个没做的）
    #[arg(value_name = "练习")]
    pub target: Option<String>,
    /// 只检查一遍，不等文件改变；通过是 0，没有通过是 1
    #[arg(long)]
    pub once: bool,
    /// 列出练习，做到哪里了：全部，或者一课的
    #[arg(long, conflicts_with = "once")]
    pub list: bool,
    /// 检查全部开始了的练习，每个一行，不等文件改变；全部通过是 0，有没通过的是 1
    #[arg(long, conflicts_with_all = ["target", "once", "list"])]
    pub all: bool,
    /// 和 --all 一起写：结果的样子，human 给人看，json 和 junit 给程序读（只有它在标准输出上）
    #[arg(long, value_name = "格式", requires = "all", hide_possible_values = true)]
    pub format: Option<Format>,
    /// 就是 --format json
    #[arg(long, requires = "all", conflicts_with = "format")]
    pub json: bool,
    /// 提示：1 是一个问题，2 是笔记里的地方，3 差不多是答案；不写数就是 1；和 --once 一起写，找错的练习也说出是哪一种错误
    #[arg(
        long,
        value_name = "第几条",
        num_args = 0..=1,
        default_missing_value = "1",
        value_parser = clap::value_parser!(u8).range(1..=3),
        conflicts_with = "list"
    )]
    pub hint: Option<u8>,
    /// 重新开始：你的文件移到 practice/.backup，换上开始时的
    #[arg(long, conflicts_with_all = ["once", "list", "hint"])]
    pub reset: bool,
    /// 和 --reset 一起写：把移走的换回来
    #[arg(long, requires = "reset")]
    pub undo: bool,
    /// 场景怎样演
    #[command(flatten)]
    pub stage: StageOptions,
    /// 程序怎样看
    #[command(flatten)]
    pub trace: TraceOptions,
}

/// Whose work is judged, and where the result goes.
#[derive(Debug, Clone, clap::Args)]
pub struct GradeOptions {
    /// 一个学生的文件夹（里面有 01-1-server.rs 这样的文件，或者有 practice），或者装着许多个这样的文件夹的文件夹
    #[arg(required = true, value_name = "文件夹")]
    pub folders: Vec<std::path::PathBuf>,
    /// 只判这些练习：编号（如 04-2），或者课的编号（如 04），可以写几次；不写就是有人做了的全部
    #[arg(long, value_name = "练习")]
    pub exercise: Vec<String>,
    /// 表写在哪个文件夹里：grade.csv 和 grade.html（不写就是 target/grade）
    #[arg(long, value_name = "文件夹")]
    pub output: Option<std::path::PathBuf>,
    /// 结果的样子：human 给人看，json 和 junit 给程序读（只有它在标准输出上）；两个表总是写的
    #[arg(
        long,
        value_name = "格式",
        default_value = "human",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub format: Format,
    /// 同时判几个学生（1 到 64，不写就是处理器的个数，至多 4）
    #[arg(long, value_name = "个数", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
    /// 场景怎样演
    #[command(flatten)]
    pub stage: StageOptions,
    /// 程序怎样看
    #[command(flatten)]
    pub trace: TraceOptions,
}

/// What is to be begun.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum New {
    /// 新的练习：lessons/exercises 里的一个文件夹
    #[command(
        help_template = super::TARGETS_TEMPLATE,
        override_usage = "cargo xtask new exercise [选项] <名字>"
    )]
    Exercise {
        /// 课的编号和一个名字（如 05-short-name：下一个编号），或者连自己的编号（如 05-3-short-name）
        #[arg(value_name = "名字")]
        name: String,
        /// 填空、找错、自己写；不写就是填空
        #[arg(
            long,
            value_name = "题型",
            default_value = "填空",
            hide_default_value = true,
            hide_possible_values = true
        )]
        form: NewForm,
        /// 学生写的一个程序，可以写几次（如 --program server --program client）；不写就是 main
        #[arg(long = "program", value_name = "程序")]
        programs: Vec<String>,
        /// 写好了给学生的一个程序，可以写几次
        #[arg(long, value_name = "程序")]
        given: Vec<String>,
    },
    /// 新的一课：lessons 里的一个文件夹，和 docs 里的一页
    #[command(
        help_template = super::TARGETS_TEMPLATE,
        override_usage = "cargo xtask new lesson [选项] <名字>"
    )]
    Lesson {
        /// 编号和名字（如 13-hello）；服务器端和客户端各是一个文件夹，名字以 -server、-client 结尾，先建服务器端
        #[arg(value_name = "名字")]
        name: String,
        /// 它有 --addr，默认是这个地址（如 127.0.0.1:8888）
        #[arg(long, value_name = "地址")]
        address: Option<String>,
    },
}

/// What there is to do in a new exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum NewForm {
    /// Gaps to be filled.
    #[value(name = "填空")]
    Gaps,
    /// A finished program with one mistake.
    #[value(name = "找错")]
    Debugging,
    /// Only the scene is given.
    #[value(name = "自己写")]
    Open,
}

/// How much is measured.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct BenchOptions {
    /// 上传的文件有多大，单位 MiB（不写就是 1024）
    #[arg(long, value_name = "大小", value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub size: Option<u32>,
    /// 每种做法轮流量几遍（不写就是 3）
    #[arg(long, value_name = "遍数", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: Option<u32>,
    /// 第 02 课每一遍对话几次（不写就是 2000）
    #[arg(long, value_name = "次数", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub exchanges: Option<u32>,
    /// 第 11 课有几个慢的客户端（1 到 63，不写就是 50）
    #[arg(long, value_name = "个数", value_parser = clap::value_parser!(u32).range(1..=63))]
    pub clients: Option<u32>,
    /// For tests: the build that is there already; its figures mean nothing.
    #[arg(long, hide = true)]
    pub unoptimized: bool,
}

/// What is drawn, and how.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DrawingOptions {
    /// 只画这个场景：名字，或名字的一部分；不写就画 run 会演的每一个
    #[arg(long, value_name = "场景")]
    pub scene: Option<String>,
    /// 画成 SVG，写进这个文件，不在终端上显示
    #[arg(long, value_name = "文件")]
    pub svg: Option<std::path::PathBuf>,
    /// 做成可以一步一步看的网页，写进这个文件，用浏览器打开，不在终端上显示；用虚拟的时间
    #[arg(long, value_name = "文件", conflicts_with = "svg")]
    pub html: Option<std::path::PathBuf>,
    /// 画时间轴：每个进程、线程一条（一个程序有几个进程或线程、没有连接时，不写也先画它）
    #[arg(long, conflicts_with = "lanes")]
    pub timeline: bool,
    /// 画并排的几个程序，箭头表示谁引起了谁
    #[arg(long)]
    pub lanes: bool,
    /// 睡眠不用真的等：用虚拟的时间演，每次都一样
    #[arg(long = "virtual")]
    pub virtual_time: bool,
    /// 用虚拟的时间，按这个编号的次序演
    #[arg(long, value_name = "编号")]
    pub seed: Option<u64>,
    /// 用虚拟的时间，而且刁难：内核一次只交出几个字节……都是手册允许的；编号不写是 1
    #[arg(
        long,
        value_name = "编号",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1"
    )]
    pub harsh: Option<u64>,
    /// 写出真实的进程号和端口，它们每次不同
    #[arg(long)]
    pub real_names: bool,
    /// 画多宽，40 到 400 格（不写就是终端的宽度，不在终端上是 100）
    #[arg(long, value_name = "格数", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

/// How the result of a check is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Chinese text.
    Human,
    /// One JSON object (`docs/check.schema.json`).
    Json,
    /// JUnit XML.
    Junit,
}

/// How programs are observed.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct TraceOptions {
    /// 不跟踪程序：只读它们的输出，睡眠也要真的等（机器不支持时自动如此）
    #[arg(long, conflicts_with = "seed")]
    pub no_trace: bool,
    /// 并发的场景只按这个编号的次序演一遍，每次都一样；失败的报告会说是几号
    #[arg(long, value_name = "编号")]
    pub seed: Option<u64>,
    /// 有网络、管道的场景，通过以后再刁难地演几遍（不写是 1，0 是不演）：内核一次只交出几个字节，两次发送一次收到……都是手册允许的
    #[arg(long, value_name = "遍数", conflicts_with = "no_trace")]
    pub harsh: Option<u16>,
    /// 只刁难地演这个编号的一遍，每次都一样；失败的报告会说是几号
    #[arg(long, value_name = "编号", conflicts_with_all = ["no_trace", "harsh"])]
    pub harsh_seed: Option<u64>,
}

/// Options of every command that plays scenes.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct StageOptions {
    /// 不给场景单独的网络：服务器端改用空闲的端口（机器不支持时自动如此）
    #[arg(long)]
    pub shared_network: bool,
}
