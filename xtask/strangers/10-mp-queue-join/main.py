# cmd: python3 main.py
# ends: hangs
# cause: 子进程把 2 MB 放进 multiprocessing.Queue，它的送料线程要等父进程从管道里取走才能退出，父进程却先 join() 再 get()；要先 get() 后 join()。
# lines: main.py:11（放进去的大块）、main.py:19（父进程先 join）、main.py:20（应当先取，没有走到）
# not: “子进程没有算完”；“put 失败了”；“队列满了，put 停住”（put 早返回了，停的是送料线程）
from multiprocessing import Process, Queue


def work(q, n):
    rows = [f"{i:0100d}" for i in range(n)]
    q.put(rows)
    print("算完了", flush=True)


if __name__ == "__main__":
    q = Queue()
    p = Process(target=work, args=(q, 20000))
    p.start()
    p.join()
    result = q.get()
    print(len(result))
