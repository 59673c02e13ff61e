# cmd: python3 server.py , python3 client.py
# ends: fails
# cause: 服务器 bind 之后忘了 listen() 就 accept()，得到 EINVAL（Invalid argument）而结束；客户端因此被拒绝。要在 accept 之前调用 listen()。
# lines: server.py:12（没有 listen 就 accept）、client.py:6（被拒绝）
# not: “端口被占用”；“accept 的参数写错了”；“客户端连错了端口”
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 7127))
print("服务器启动了", flush=True)
conn, addr = server.accept()
conn.send(b"hello")
conn.close()
