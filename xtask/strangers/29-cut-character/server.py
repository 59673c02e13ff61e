# cmd: python3 server.py , python3 client.py
# ends: fails
# cause: 每个汉字是 3 个字节，客户端每次收 1024 个字节就单独 decode，第一块正好切在一个字的中间，抛 UnicodeDecodeError；要先把字节拼齐再解码，或者用增量解码器（makefile 也行）。
# lines: client.py:11（一次最多 1024 字节）、client.py:14（半个字解不开）
# not: “服务器发的不是 UTF-8”；“数据坏了”；“连接断了”
import socket

poem = "床前明月光，疑是地上霜。" * 100
s = socket.create_server(("127.0.0.1", 7129))
conn, _ = s.accept()
conn.sendall(poem.encode("utf-8"))
conn.shutdown(socket.SHUT_WR)
try:
    conn.recv(1)  # 等客户端读完
except ConnectionResetError:
    pass
