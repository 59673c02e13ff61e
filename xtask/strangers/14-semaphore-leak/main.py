# cmd: python3 main.py
# ends: hangs
# cause: 任务 0 和 1 在 acquire 之后、release 之前抛了 ValueError，两个名额都没有还；任务 2、3 永远等在 acquire。要写 with slots: 或者把 release 放进 finally。
# lines: main.py:14（等名额）、main.py:15（异常从这里飞走，跳过 release）、main.py:24（主线程 join）
# not: “两把锁顺序相反”；“拿着名额的线程还在干活”（它们已经结束）
import threading
import time

slots = threading.Semaphore(2)


def task(i):
    time.sleep(i * 0.5)
    slots.acquire()
    number = int("x1" if i < 2 else "1")  # 前两行数据是坏的
    print(i, number, flush=True)
    slots.release()


threads = [threading.Thread(target=task, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("ok")
