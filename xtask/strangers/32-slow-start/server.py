# cmd: python3 server.py , python3 client.py
# ends: healthy
# cause: 服务器先预热 4 秒才开始听，客户端被拒绝就隔 0.5 秒再试，最后成功；两边都正常结束，谁也不用改。
# lines: server.py:10（预热）、client.py:8（先被拒绝几次，都接住了）、client.py:14（拿到答案）
# not: “客户端因为连接被拒绝而失败”；“服务器卡住了”
import socket
import time

print("预热……", flush=True)
time.sleep(4)
with socket.create_server(("127.0.0.1", 7132)) as s:
    conn, _ = s.accept()
    with conn:
        n = int(conn.recv(32))
        conn.sendall(str(n * n).encode())
