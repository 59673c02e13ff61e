# cmd: python3 main.py
# ends: hangs
# cause: 工人 get() 之后没有调用 task_done()，queue.join() 的未完成计数一直是 5；工人每做完一个要 task_done()。
# lines: main.py:15（取了活，没有 task_done）、main.py:23（主线程等计数归零）
# not: “队列里还有没取的活”（五个都取走、做完了）；“工人死了”
import queue
import threading
import time

jobs = queue.Queue()


def worker():
    while True:
        url = jobs.get()
        time.sleep(0.1)
        print("下载完", url, flush=True)


threading.Thread(target=worker, daemon=True).start()
for i in range(5):
    jobs.put(f"page{i}.html")
jobs.join()
print("全部完成")
