# RUN: python3 stats.py
# KIND: hangs
# CAUSE: The SIGALRM handler runs in the main thread in the midst of add(), which already holds `lock`; `with lock` in show() waits for a Lock its own thread holds and can never release. The handler should only set a flag that the main loop looks at (or use an RLock / no lock in the handler).
# MUST NOT SAY: that another thread holds the lock; there is only one thread.
import signal
import threading
import time

lock = threading.Lock()
counts = {"seen": 0}


def show(signum, frame):
    with lock:
        print("so far:", counts["seen"])


def add():
    with lock:
        n = counts["seen"]
        time.sleep(0.05)      # look it up somewhere
        counts["seen"] = n + 1


signal.signal(signal.SIGALRM, show)
signal.setitimer(signal.ITIMER_REAL, 0.525, 0.5)
for _ in range(40):
    add()
signal.setitimer(signal.ITIMER_REAL, 0)
print("total:", counts["seen"])
