#!/usr/bin/env bash
# 用真的浏览器打开第 01、11 课的片子（file://），走到几步，看那一步的话、源代码的行、没有收的字节、终端的字，有没有脚本错误。
# 没有 chromium，说明原因，跳过（book/site/browser-test.sh 会安装它）。
set -euo pipefail
cd "$(dirname "$0")/../../../.."

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "跳过：片子没有在浏览器里检查（没有 chromium）" >&2
    exit 0
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# 第 $2 步的样子。$1：片子
at() {
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" \
        --enable-logging=stderr --virtual-time-budget=5000 --dump-dom "file://$work/$1.html#$2" 2>"$work/errors"
    if grep -E 'Uncaught|Refused to' "$work/errors" >&2; then
        echo "错误：$1 第 $2 步有脚本错误" >&2
        touch "$work/failed"
    fi
}

# $1 的第 $2 步里要有后面的每一段字
shows() {
    local film=$1 step=$2 dom
    shift 2
    dom=$(at "$film" "$step")
    for text; do
        grep -qF "$text" <<<"$dom" || {
            echo "错误：$film 第 $step 步里没有「$text」" >&2
            failed=1
        }
    done
}

# 大小：没有事件的一页小于 400 KB，这两课连事件也是
cargo xtask trace 01 --html "$work/01.html"
cargo xtask trace 11 --html "$work/11.html"
for film in 01 11; do
    [ "$(stat -c %s "$work/$film.html")" -lt 400000 ] || { echo "错误：$film 太大" >&2; failed=1; }
done

shows 01 1 '创建套接字 socket() = 3' 'aria-current="true"' '第 1/'
shows 01 6 '等待客户端 accept(fd=3)' '在 127.0.0.1:8888 监听' '正在监听 127.0.0.1:8888'
shows 01 14 '关闭 close(fd=3)' 'socket很好玩，很有趣，我很喜欢！（45 字节）' '客户端 不再发了' '客户端收到:welcome to socket'
shows 01 999 '结束（退出码 0）' '服务器端收到来自'
shows 11 999 '文件上传成功' '结束（退出码 0）'

[ "$failed" = 0 ] && [ ! -e "$work/failed" ] || exit 1
echo "片子：第 01、11 课在浏览器里和预期一样" >&2
