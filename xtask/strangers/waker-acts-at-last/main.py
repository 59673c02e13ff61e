# cmd: python3 main.py
# ends: exits
# cause: 没有错：主线程睡 40 次，每次 1 秒，然后才叫醒另一个线程。
# not: “谁也等不到谁”
import threading
import time

ready = threading.Event()


def waits():
    ready.wait()
    print("woken")


thread = threading.Thread(target=waits)
thread.start()
for _ in range(40):
    time.sleep(1)
ready.set()
thread.join()
