# cmd: python3 main.py
# ends: healthy
# cause: 消费进程每秒看一次队列，空的就接住 Empty 再等；生产进程每两秒多放一个，最后放 None，消费者收到就结束，父进程再 join；谁也不用改。
# lines: main.py:22（等一秒，多半是空的）、main.py:13（慢慢生产）、main.py:37（父进程等两个子进程）
# not: “消费者饿死了”；“队列出错”；“父进程先 join 后取，死锁”
import multiprocessing as mp
import queue
import time


def producer(q):
    for n in range(3):
        time.sleep(2.2)
        q.put(n)
    q.put(None)


def consumer(q):
    total = 0
    while True:
        try:
            item = q.get(timeout=1)
        except queue.Empty:
            continue
        if item is None:
            break
        total += item
    print("合计", total, flush=True)


if __name__ == "__main__":
    q = mp.Queue()
    ps = [mp.Process(target=f, args=(q,)) for f in (producer, consumer)]
    for p in ps:
        p.start()
    for p in ps:
        p.join()
