# RUN: python3 crawler.py
# KIND: hangs
# CAUSE: visit() runs in the pool and submits further visits to the same pool, then waits for their results; with 2 workers both are waiting in result() and no worker is left to run the queued children. Do not wait inside the tasks: return the links and let main submit them (or use more workers than waiting tasks / another pool).
# MUST NOT SAY: that there is a cycle among the pages (the site is a tree).
from concurrent.futures import ThreadPoolExecutor
import time

SITE = {
    "/": ["/blog", "/shop"],
    "/blog": ["/blog/1", "/blog/2"],
    "/shop": ["/shop/hats"],
}
pool = ThreadPoolExecutor(max_workers=2)


def visit(page):
    time.sleep(0.05)
    print("visiting", page)
    kids = [pool.submit(visit, link) for link in SITE.get(page, [])]
    return 1 + sum(k.result() for k in kids)


total = pool.submit(visit, "/").result()
print("pages:", total)
pool.shutdown()
