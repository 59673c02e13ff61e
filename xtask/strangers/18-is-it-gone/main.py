# cmd: python3 main.py
# ends: hangs
# cause: 子进程早就退出了，但父进程没有 waitpid，它成了僵尸；对僵尸 os.kill(pid, 0) 照样成功，循环就不会停。要用 os.waitpid(pid, os.WNOHANG) 看它结束没有。
# lines: main.py:17（对僵尸也成功）、main.py:20（每 0.2 秒再问一次）
# not: “子进程还在跑”；“子进程收到了信号”（信号 0 什么也不送）
import os
import time

pid = os.fork()
if pid == 0:
    time.sleep(0.5)
    os._exit(7)

print("子进程是", pid, flush=True)
while True:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        break
    time.sleep(0.2)
print("子进程结束了")
