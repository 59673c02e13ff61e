# cmd: python3 server.py , python3 client.py
# ends: healthy
# cause: 下棋的两边每步想 1.5 到 2 秒，大部分时间都在睡或等对方，但每一步都有人走，走完三步就正常结束；谁也不用改。
# lines: server.py:14（想）、server.py:13（等对方）、client.py:12（想）、client.py:14（等对方）
# not: “死锁”；“服务器不回答”；“两边都在等”
import socket
import time

s = socket.create_server(("127.0.0.1", 7133))
conn, _ = s.accept()
f = conn.makefile("rw")
for move in ["e5", "Nc6", "a6"]:
    print("白方走了", f.readline().strip(), flush=True)
    time.sleep(2)
    f.write(move + "\n")
    f.flush()
f.close()
conn.close()
