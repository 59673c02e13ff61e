# cmd: python3 main.py
# ends: hangs
# cause: fork 的时候另一个线程正拿着 log_lock；子进程里只有调用 fork 的那个线程，锁却照样是锁上的，没有人来放。不要在有线程时裸 fork，或者在 fork 之前先拿这把锁、fork 之后两边各自放开。
# lines: main.py:15（日志线程拿着锁）、main.py:23（fork）、main.py:25（子进程等锁）、main.py:28（父进程等子进程）
# not: “父进程里的日志线程一直不放锁”（它两秒后就放了）；“子进程等父进程的数据”
import os
import threading
import time

log_lock = threading.Lock()
busy = threading.Event()


def logger():
    with log_lock:
        busy.set()
        time.sleep(2)  # 慢慢写磁盘
    print("日志写完", flush=True)


threading.Thread(target=logger).start()
busy.wait()
pid = os.fork()
if pid == 0:
    with log_lock:
        print("子进程的一行日志", flush=True)
    os._exit(0)
os.waitpid(pid, 0)
print("子进程结束了")
