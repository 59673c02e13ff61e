# cmd: python3 server.py , python3 client.py
# ends: fails
# cause: 设了时限的套接字上 send() 只发出能放进缓冲区的一部分（返回值说了多少），客户端没有看返回值；服务器等满 64 MB，客户端等回执 3 秒后 TimeoutError，服务器随后读到结尾、报 EOFError。客户端要用 sendall。
# lines: client.py:13（只发了一部分）、client.py:15（等回执超时）、server.py:13（等剩下的）、server.py:15（读到结尾，报错）
# not: “服务器收完了但没有答”；“数据在路上丢了”；“服务器太慢”
import socket

TOTAL = 64 * 1024 * 1024
s = socket.create_server(("127.0.0.1", 7122))
conn, _ = s.accept()
got = 0
while got < TOTAL:
    chunk = conn.recv(1 << 16)
    if not chunk:
        raise EOFError(f"只来了一部分，还差 {TOTAL - got} 字节")
    got += len(chunk)
conn.sendall(b"thanks")
