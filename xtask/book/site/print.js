// 打印的那一页：白底黑字；折起来的都打开；附录里的程序清单不印，各章里已经有要讲的部分。
(() => {
    "use strict";
    if (!location.pathname.endsWith("/print.html")) return;

    document.documentElement.classList.remove("rust", "coal", "navy", "ayu");
    document.documentElement.classList.add("light");
    for (const name of ["highlight", "tomorrow-night", "ayu-highlight"]) {
        const sheet = document.getElementById(`mdbook-${name}-css`);
        if (sheet) sheet.disabled = name !== "highlight";
    }

    for (const folded of document.querySelectorAll("details")) folded.open = true;

    const files = document.getElementById("程序和文件");
    if (!files) return;
    while (files.nextSibling) files.nextSibling.remove();
    // 它前面是分页的空行，留着就多一张白纸
    files.previousElementSibling?.remove();
    files.remove();
})();
