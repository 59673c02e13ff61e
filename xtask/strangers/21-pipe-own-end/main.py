# cmd: python3 main.py
# ends: hangs
# cause: 子进程从管道读到结尾为止，可是它自己 fork 来的写端 w 没有关，管道永远还有一个写者；父进程关了自己的 w 也没有用。子进程一开始就要 os.close(w)。
# lines: main.py:13（子进程读到结尾为止，自己还开着写端）、main.py:21（父进程关了写端）、main.py:22（父进程等子进程）
# not: “父进程没有关写端”（它关了）；“管道满了”；“子进程没有收到数据”
import os

r, w = os.pipe()
pid = os.fork()
if pid == 0:
    total = 0
    with os.fdopen(r, "rb") as reader:
        for line in reader:
            total += int(line)
    print("合计", total, flush=True)
    os._exit(0)

os.close(r)
for n in range(10):
    os.write(w, b"%d\n" % n)
os.close(w)
os.waitpid(pid, 0)
print("父进程结束")
