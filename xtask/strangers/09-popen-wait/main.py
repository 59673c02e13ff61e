# cmd: python3 main.py
# ends: hangs
# cause: 子进程的标准输出接到管道，父进程先 wait() 不读；管道（64 KB）满了以后子进程停在 write，父进程停在 wait。父进程要用 communicate()，或者先读完再 wait。
# lines: main.py:10（管道没有人读）、main.py:12（父进程等子进程结束）
# not: “子进程自己卡在死循环”；“子进程已经结束”；“子进程在等输入”
import subprocess
import sys

code = "for i in range(50000): print('line', i)"
p = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
print("子进程", p.pid, flush=True)
rc = p.wait()
print("返回", rc)
out = p.stdout.read()
print("输出有", len(out), "字节")
