# cmd: python3 server.py , python3 client.py
# ends: hangs
# cause: fork 以后父进程没有关自己手里的 conn；子进程发完、退出了，连接还被父进程开着，FIN 不会发出，客户端读不到流的结尾。父进程要在 fork 之后 conn.close()。
# lines: server.py:15（fork 之后父进程手里还有 conn）、server.py:14（父进程回去 accept）、client.py:14（客户端等结尾）
# not: “子进程没有发完数据”；“子进程还在”；“客户端没有收到正文”
import os
import signal
import socket
import time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # 不留僵尸
s = socket.create_server(("127.0.0.1", 7108))
while True:
    conn, addr = s.accept()
    if os.fork() == 0:
        s.close()
        conn.sendall(time.ctime().encode())
        conn.close()
        os._exit(0)
