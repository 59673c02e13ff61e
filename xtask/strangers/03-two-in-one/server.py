# cmd: python3 server.py , python3 client.py
# ends: hangs
# cause: 客户端连着 send 两次，服务器睡了两秒以后第一个 recv 把两条一起收走了，第二个 recv 再也等不到东西；TCP 没有消息边界，服务器要按分隔符或长度自己切开。
# lines: client.py:15 与 client.py:16（两次发送）、server.py:12（一次收走两条）、server.py:14（白等第二条）、client.py:17（等结果）
# not: “第二条消息丢了”；“客户端只发了一条”；“缓冲区太小”
import socket
import time

s = socket.create_server(("127.0.0.1", 7103))
conn, addr = s.accept()
time.sleep(2)  # 准备数据库
name = conn.recv(1024).decode()
print("名字:", name, flush=True)
age = conn.recv(1024).decode()
print("年龄:", age, flush=True)
conn.sendall(b"registered")
conn.close()
