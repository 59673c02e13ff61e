# cmd: python3 server.py , python3 client.py
# ends: fails
# cause: 服务器只在 IPv6 的 ::1 上听，客户端连的是 IPv4 的 127.0.0.1:7123，那里没有人听，连接被拒绝；两边要用同一个地址族（都用 ::1 或都用 127.0.0.1）。服务器之后一直等 accept。
# lines: client.py:6（被拒绝）、server.py:11（听在 ::1）、server.py:14（服务器一直等）
# not: “服务器没有启动”；“端口号写错了”（号是对的）；“防火墙”
import socket

srv = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
srv.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
srv.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
srv.bind(("::1", 7123))
srv.listen()
print("听在", srv.getsockname(), flush=True)
conn, peer = srv.accept()
conn.sendall(b"hi")
