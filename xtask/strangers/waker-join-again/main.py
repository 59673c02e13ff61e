# cmd: python3 main.py
# ends: hangs
# cause: 两个线程各拿一把锁，等对方的锁；主线程 join 加了时限，每 1 秒醒来看一次，看到的总是一样。
# lines: main.py:14（first 等 right）、main.py:21（second 等 left）、main.py:29（每 1 秒看一次）
# not: “主线程在做别的”
import threading

left, right, both = threading.Lock(), threading.Lock(), threading.Barrier(2)


def first():
    with left:
        both.wait()
        with right:
            print("first")


def second():
    with right:
        both.wait()
        with left:
            print("second")


one = threading.Thread(target=first)
threading.Thread(target=second).start()
one.start()
while one.is_alive():
    one.join(1)
