// mdBook 界面上的英文，换成中文。
(() => {
    "use strict";

    const NAMES = {
        "Search this book ...": "搜索本书……",
        "Toggle Table of Contents": "显示或收起目录",
        "Table of contents": "目录",
        "Change theme": "换颜色",
        "Themes": "颜色",
        "Search (`/`)": "搜索（按 /）",
        "Toggle Searchbar": "搜索",
        "Print this book": "打印本书",
        "Previous chapter": "上一章",
        "Next chapter": "下一章",
        "Page navigation": "上一章和下一章",
        "Copy to clipboard": "复制",
        "Toggle syntax highlighting": "显示全部",
        "Show hidden lines": "显示隐藏的行",
        "Search Result Teaser": "摘要",
    };
    const ALERTS = { Note: "说明", Tip: "提示", Important: "要点", Warning: "注意", Caution: "当心" };
    const THEMES = { default_theme: "自动", light: "浅色", rust: "暖色", coal: "深色", navy: "深蓝", ayu: "夜间" };
    const HELP = ["按 ← 或 → 翻到上一章、下一章", "按 S 或 / 搜索", "按 ? 显示这段说明", "按 Esc 收起"];

    function rename(root) {
        for (const name of ["title", "aria-label", "placeholder"]) {
            for (const element of root.querySelectorAll(`[${name}]`)) {
                const word = NAMES[element.getAttribute(name)];
                if (word) element.setAttribute(name, word);
            }
        }
    }
    rename(document);

    for (const [id, word] of Object.entries(THEMES)) {
        const button = document.getElementById(`mdbook-theme-${id}`);
        if (button) button.textContent = word;
    }

    for (const title of document.querySelectorAll(".blockquote-tag-title")) {
        const text = [...title.childNodes].find(node => ALERTS[node.textContent.trim()]);
        if (text) text.textContent = ALERTS[text.textContent.trim()];
    }

    const help = document.querySelector("#mdbook-help-popup");
    if (help) {
        help.querySelector("h2").textContent = "键盘";
        help.querySelectorAll("p").forEach((line, index) => { line.textContent = HELP[index] || ""; });
    }

    // 「3 search results for 'x':」
    const header = document.getElementById("mdbook-searchresults-header");
    if (header) {
        const translate = () => {
            const none = /^No search results for '(.*)'\.$/s.exec(header.textContent);
            const some = /^(\d+) search results? for '(.*)':$/s.exec(header.textContent);
            if (none) header.textContent = `没有找到「${none[1]}」。`;
            if (some) header.textContent = `「${some[2]}」有 ${some[1]} 处：`;
        };
        translate();
        new MutationObserver(translate)
            .observe(header, { childList: true, characterData: true, subtree: true });
    }
})();
