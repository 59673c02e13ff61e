// mdBook 的搜索不认中文：它按空格分词，而中文的词之间没有空格（mdBook 问题 1081、2052、2393）。
// 查询里有汉字时，改为逐节查找每一个词；没有汉字，仍用 mdBook 自己的。用的是同一份索引，从 file:// 打开也行。
(() => {
    "use strict";
    if (!window.elasticlunr) return;

    const HAN = /\p{Script=Han}/u;
    // 出现一次的分数：在题目里、在上级题目里、在正文里
    const WEIGHTS = { title: 20, breadcrumbs: 5, body: 1 };
    // 摘要里，词的前后各留多少字
    const [BEFORE, AFTER] = [30, 90];

    // 附录里的程序排在各章的后面
    const APPENDIX = /^程序和文件/;

    const count = (text, word) => text.split(word).length - 1;

    // 摘要从最前面的词开始；词的两边加空格，mdBook 才认出它，标成黄色
    function excerpt(body, words) {
        const lower = body.toLowerCase();
        const found = words.map(word => lower.indexOf(word)).filter(at => at >= 0);
        // 词都在题目里：从正文的开头摘
        const from = found.length > 0 ? Math.max(0, Math.min(...found) - BEFORE) : 0;
        const to = from + BEFORE + AFTER;
        let text = body.slice(from, to);
        for (const word of words.filter(word => HAN.test(word))) {
            text = text.split(word).join(` ${word} `);
        }
        return (from > 0 ? "…… " : "") + text + (to < body.length ? " ……" : "");
    }

    // 这一节的正文；只有题目、下面直接是小节的，是后面第一个有正文的小节的
    function bodyOf(docs, at) {
        const page = docs[at].breadcrumbs || "";
        for (const doc of docs.slice(at)) {
            if (!(doc.breadcrumbs || "").startsWith(page)) break;
            if ((doc.body || "").trim() !== "") return doc.body;
        }
        return docs[at].title || "";
    }

    function searchChinese(index, query) {
        const words = query.toLowerCase().split(/\s+/).filter(word => word !== "");
        const results = [];
        const all = index.documentStore.docs;
        const docs = Object.values(all);
        for (const [at, ref] of Object.keys(all).entries()) {
            const doc = docs[at];
            let score = 0;
            const everywhere = words.every(word => {
                let points = 0;
                for (const [field, weight] of Object.entries(WEIGHTS)) {
                    points += weight * count((doc[field] || "").toLowerCase(), word);
                }
                score += points;
                return points > 0;
            });
            if (everywhere) {
                results.push({ ref, score, doc: { ...doc, body: excerpt(bodyOf(docs, at), words) } });
            }
        }
        const appended = result => Number(APPENDIX.test(result.doc.breadcrumbs || ""));
        return results.sort((one, other) =>
            appended(one) - appended(other) || other.score - one.score);
    }

    const search = elasticlunr.Index.prototype.search;
    elasticlunr.Index.prototype.search = function (query, ...rest) {
        return HAN.test(query) ? searchChinese(this, query) : search.call(this, query, ...rest);
    };

    // 地址里写着 ?search=词 时，mdBook 可能在这个文件之前就搜过了：换一个词再换回来，它才会再搜一次
    const bar = document.getElementById("mdbook-searchbar");
    const results = document.getElementById("mdbook-searchresults-header");
    if (bar && results && HAN.test(bar.value) && results.textContent !== "") {
        const wanted = bar.value;
        for (const word of ["-", wanted]) {
            bar.value = word;
            bar.dispatchEvent(new KeyboardEvent("keyup"));
        }
    }
})();
