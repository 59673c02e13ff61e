# cmd: python3 main.py
# ends: hangs
# cause: 处理 3 的那个工人被 SIGKILL 打死了（像内存不够时那样），它手里的任务没有人补做，Pool 只补一个新工人，map 一直等那个结果；可改用会报 BrokenProcessPool 的 concurrent.futures.ProcessPoolExecutor，或者给结果加时限。
# lines: main.py:13（工人死在这里）、main.py:19（map 一直等）
# not: “死锁在两把锁之间”；“所有工人都还在算”；“任务抛出了异常”
import os
import signal
from multiprocessing import Pool


def square(n):
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)  # 假装内存不够
    return n * n


if __name__ == "__main__":
    with Pool(2) as pool:
        print(pool.map(square, range(6), chunksize=1))
