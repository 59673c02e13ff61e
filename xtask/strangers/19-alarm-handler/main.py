# cmd: python3 main.py
# ends: hangs
# cause: 主线程拿着 lock 的时候来了 SIGALRM，处理函数在同一个线程里又去拿这把不可重入的锁，于是自己等自己；处理函数里不要拿锁（只记一个标志），或者用 RLock。
# lines: main.py:15（处理函数里等锁）、main.py:22（主线程已经拿着它）
# not: “有两个线程在抢锁”（只有一个线程）；“信号没有送到”
import signal
import threading
import time

lock = threading.Lock()
saved = 0


def on_alarm(signum, frame):
    with lock:
        print("自动保存，已有", saved, flush=True)


signal.signal(signal.SIGALRM, on_alarm)
signal.alarm(1)
for i in range(3):
    with lock:
        saved += 1
        time.sleep(1.5)
print("完成", saved)
