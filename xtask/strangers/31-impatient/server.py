# cmd: python3 server.py , python3 client.py
# ends: fails
# cause: 客户端的时限是 1.5 秒，服务器算一个答案要 4 秒；recv 到时抛 TimeoutError，客户端没有接住就结束了。客户端要把时限放长（或接住超时再等），服务器没有错。
# lines: client.py:4（时限）、client.py:12（超时）、server.py:13（要算 4 秒）
# not: “服务器没有收到请求”；“服务器卡死了”；“连接被对方断开”
import socket
import time

s = socket.create_server(("127.0.0.1", 7131))
conn, _ = s.accept()
question = conn.recv(100)
print("问题：", question, flush=True)
time.sleep(4)  # 算得慢
try:
    conn.sendall(b"3.14159")
except OSError as e:
    print("客户端走了", e)
conn.close()
