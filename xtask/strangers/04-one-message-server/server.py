# cmd: python3 server.py , python3 client.py
# ends: hangs
# cause: 服务器每接受一个连接只收一条、答一条，就回到 accept 等新客户端；客户端在同一个连接上发第二条，没有人读。服务器要在里面再套一个循环，一直读到对方关闭。
# lines: server.py:13（等下一个客户端）、server.py:15（只读一次）、client.py:15（第二次停在这里）
# not: “服务器关了这个连接”（conn 还开着）；“第二条没有发出去”；“服务器死了”
from socket import *

server = socket(AF_INET, SOCK_STREAM)
server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
server.bind(('127.0.0.1', 7104))
server.listen(5)
while True:
    conn, addr = server.accept()
    print('客户端', addr, flush=True)
    data = conn.recv(1024)
    conn.sendall(b'echo: ' + data)
