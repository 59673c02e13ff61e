# cmd: python3 main.py
# ends: ends
# cause: 写报告的是守护线程，主线程走完程序就结束了，守护线程睡到一半被丢下，report.txt 没有写、“写好了”没有打印；要去掉 daemon=True，或者在最后 join。
# lines: main.py:21（daemon=True）、main.py:15（线程还睡着程序就结束了）、main.py:22（主线程的最后一行）
# not: “线程出错了”；“程序卡住了”；“线程做完了”
import os
import tempfile
import threading
import time

path = os.path.join(tempfile.gettempdir(), f"report-{os.getpid()}.txt")


def write_report():
    time.sleep(2)  # 统计
    with open(path, "w") as f:
        f.write("done\n")
    print("写好了", flush=True)


threading.Thread(target=write_report, daemon=True).start()
print("报告在后台写，文件有没有：", os.path.exists(path))
