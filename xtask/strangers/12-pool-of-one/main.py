# cmd: python3 main.py
# ends: hangs
# cause: 线程池只有一个工人，它做的 outer 又向同一个池交了 inner 并等它的结果；唯一的工人在等，没有人做 inner。要么池大一点，要么 outer 里直接调用 inner。
# lines: main.py:17（工人等自己池里的任务）、main.py:22（主线程等 outer）、main.py:8（只有一个工人）
# not: “inner 在慢慢算”（它从来没有开始）；“锁被拿了两次”
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(max_workers=1)


def inner(x):
    return x + 1


def outer(x):
    future = pool.submit(inner, x)
    return future.result() * 10


job = pool.submit(outer, 4)
print("已经交出去了", flush=True)
print(job.result())
