# cmd: python3 server.py , python3 client.py
# ends: hangs
# cause: 客户端发出的“小明”后面没有换行，服务器的 readline 一直等那个换行；客户端要在消息末尾加 \n（或者两边另约定别的分界）。
# lines: server.py:12（服务器等一整行）、client.py:11（发的时候没有换行）、client.py:12（客户端等回答）
# not: “服务器什么也没有收到”（字节已经到了，只是还不成一行）；“网络慢”；“服务器没有 accept”
import socket

s = socket.create_server(("127.0.0.1", 7101))
print("等待客户端……", flush=True)
conn, addr = s.accept()
with conn, conn.makefile("r", encoding="utf-8") as f:
    name = f.readline().strip()
    print("来的是", name)
    conn.sendall(f"你好，{name}\n".encode())
