# cmd: python3 main.py
# ends: fails
# cause: 服务器先关了连接，这一端的 7126 停在 TIME_WAIT；没有设 SO_REUSEADDR，一“重启”再 bind 就得到 EADDRINUSE。bind 之前要设 SO_REUSEADDR（一分钟内再运行本程序，第一次 bind 就会失败，同一行）。
# lines: main.py:11（bind 失败）、main.py:16（服务器一端先关）
# not: “另一个进程正占着这个端口”；“前一个监听套接字没有关”
import socket


def serve_one():
    s = socket.socket()
    s.bind(("127.0.0.1", 7126))
    s.listen()
    visitor = socket.create_connection(("127.0.0.1", 7126))
    conn, _ = s.accept()
    conn.sendall(b"bye")
    conn.close()
    while visitor.recv(10):
        pass
    visitor.close()
    s.close()


print("第一次启动", flush=True)
serve_one()
print("重启", flush=True)
serve_one()
print("好了")
