#!/usr/bin/env bash
# 用真的浏览器打开生成的书（file://，不经过网站），搜索中文：找得到的要找到，没有的要说没有。
# 没有 chromium 又不能用 apt 安装时，说明原因，跳过。
set -euo pipefail
cd "$(dirname "$0")/../../.."

skip() {
    echo "跳过：书没有在浏览器里检查（$1）" >&2
    exit 0
}

find_browser() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

if ! find_browser >/dev/null; then
    command -v apt-get >/dev/null || skip "没有 chromium，也没有 apt"
    [ "$(id -u)" = 0 ] || skip "没有 chromium，不是 root，不能安装"
    echo "安装 chromium 和中文字体" >&2
    { apt-get update && apt-get install -y --no-install-recommends chromium fonts-noto-cjk; } >&2 ||
        skip "apt 装不了 chromium"
    find_browser >/dev/null || skip "装了 chromium，还是找不到它"
fi
browser=$(find_browser)

cargo xtask book

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
book="file://$PWD/target/book"
failed=0

# 一页执行完脚本之后的样子。$1：页，可以带 ?search=
page() {
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$profile" \
        --virtual-time-budget=20000 --dump-dom "$book/$1" 2>/dev/null
}

wrong() {
    echo "错误：$1" >&2
    failed=1
}

# 搜索 $1 之后的页。索引是另一个文件，浏览器偶尔没等它读完就交出这一页：那就再来一次
searched() {
    local dom attempt
    for attempt in 1 2 3 4 5; do
        dom=$(page "index.html?search=$1")
        if grep -q 'id="mdbook-searchresults-header"[^>]*>[^<]' <<<"$dom"; then
            break
        fi
        echo "（第 $attempt 次还没有结果）" >&2
    done
    echo "$dom"
}

# 搜索 $1，结果里要有 $2 这一页
finds() {
    local dom results
    dom=$(searched "$1")
    results=$(grep -o '<ul id="mdbook-searchresults".*' <<<"$dom" || true)
    if ! grep -q "「$1」有 [0-9]* 处" <<<"$dom"; then
        wrong "搜索「$1」没有结果"
    elif ! grep -q "href=\"$2[?#]" <<<"$results"; then
        wrong "搜索「$1」的结果里没有 $2"
    else
        echo "搜索「$1」：找到 $2"
    fi
}

finds 套接字 00-socket-basics.html
finds 半关闭 04-upload.html
# 两个词，中间是空格
finds "查看进程号 pid" 07-pid-lookup.html
# 没有汉字的词，由 mdBook 自己搜索
finds waitpid 06-multi-process.html
nothing=$(searched 量子纠缠)
if grep -q "没有找到「量子纠缠」" <<<"$nothing"; then
    echo "搜索「量子纠缠」：没有，说了没有"
else
    wrong "搜索书里没有的词，没有说「没有找到」"
fi

# 从结果点进去，词在页里标成黄色
marked=$(page "04-upload.html?highlight=半关闭")
grep -q '<mark[^>]*>半关闭</mark>' <<<"$marked" || wrong "从搜索结果进去，页里没有标出「半关闭」"

# 界面是中文；不从别的网站取东西，没有网也能看
lesson=$(page 04-upload.html)
grep -q 'placeholder="搜索本书……"' <<<"$lesson" || wrong "搜索框里不是中文"
if grep -lE '(src|rel="stylesheet" href)="https?:' target/book/*.html; then
    wrong "上面的页要从别的网站取东西"
fi

[ "$failed" = 0 ] && echo "书在浏览器里检查过了"
exit "$failed"
