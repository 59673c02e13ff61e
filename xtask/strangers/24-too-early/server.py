# cmd: python3 server.py , python3 client.py
# ends: fails
# cause: 服务器先花 3 秒加载词典才 bind 和 listen，客户端一启动就连，那时端口上还没有人听，被拒绝；客户端要重试（或者等服务器就绪再启动）。服务器之后一直等不来客户端。
# lines: client.py:3（连得太早）、server.py:11（先加载）、server.py:16（后来才听）、server.py:17（一直等 accept）
# not: “服务器绑错了端口或地址”；“服务器拒绝了这个客户端”；“服务器崩溃了”
import socket
import time


def load_dictionary():
    time.sleep(3)
    return {"cat": "猫", "dog": "狗"}


words = load_dictionary()
with socket.create_server(("127.0.0.1", 7124)) as s:
    conn, _ = s.accept()
    word = conn.recv(64).decode()
    conn.sendall(words.get(word, "?").encode())
