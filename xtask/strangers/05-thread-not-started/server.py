# cmd: python3 server.py , python3 client.py
# ends: hangs
# cause: 接受连接的线程造好了，却从来没有 start()，所以没有人 accept；内核替它完成了握手，客户端以为连上了，一直等欢迎词。要在 stop.wait() 之前加 worker.start()。
# lines: server.py:20（造了没有 start）、server.py:22（主线程在等）、client.py:11（客户端等欢迎词）
# not: “客户端没有连上”（connect 成功了，连接在队列里）；“服务器在忙别的客户端”
import socket
import threading

listener = socket.create_server(("127.0.0.1", 7105), backlog=5)
stop = threading.Event()


def accept_loop():
    while True:
        conn, addr = listener.accept()
        conn.sendall(b"welcome\n")
        conn.close()


worker = threading.Thread(target=accept_loop, name="acceptor", daemon=True)
print("服务器在 7105 上", flush=True)
stop.wait()
