# cmd: python3 server.py , python3 client.py
# ends: hangs
# cause: 客户端用小端（"<I"）写长度 5，服务器按网络序（"!I"）读成 83886080，于是一直等永远不会来的字节；两边要用同一种字节序，改客户端为 "!I"。
# lines: client.py:12（小端打包）、server.py:25（按大端解）、server.py:13（等剩下的字节）、client.py:13（等回执）
# not: “客户端少发了数据”（5 个字节全发了）；“服务器没有收到正文”
import socket
import struct


def recv_exact(sock, n):
    buf = b""
    while len(buf) < n:
        chunk = sock.recv(min(4096, n - len(buf)))
        if not chunk:
            raise EOFError("对方关了")
        buf += chunk
    return buf


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 7102))
listener.listen()
conn, _ = listener.accept()
(size,) = struct.unpack("!I", recv_exact(conn, 4))
print("正文有", size, "字节", flush=True)
body = recv_exact(conn, size)
print("收到：", body)
conn.sendall(b"OK")
