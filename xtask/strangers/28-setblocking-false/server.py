# cmd: python3 server.py , python3 client.py
# ends: fails
# cause: 客户端设成了非阻塞，服务器两秒后才答，recv 当时没有数据，马上抛 BlockingIOError（EAGAIN）；要么不用非阻塞，要么用 select/selectors 等可读再 recv。
# lines: client.py:10（设为非阻塞）、client.py:11（没有数据就报错）、server.py:12（服务器两秒后才答）
# not: “连接断了”；“服务器没有答”（它答了，只是晚）；“超时”
import socket
import time

s = socket.create_server(("127.0.0.1", 7128))
conn, _ = s.accept()
time.sleep(2)
conn.sendall(b"42")
conn.close()
