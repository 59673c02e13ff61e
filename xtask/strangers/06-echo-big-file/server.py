# cmd: python3 server.py , python3 client.py
# ends: hangs
# cause: 客户端要把 64 MB 全部发完才开始读，服务器却边收边回；两个方向的缓冲区都满了，两边都停在 sendall。客户端要边发边收（另开一个线程读，或者用 select）。
# lines: client.py:13（客户端停在发送）、server.py:12（服务器停在发送）、client.py:16（要到发完才读，没有走到）
# not: “服务器不读了，因为它死了”；“有一边在等对方先发”；“数据丢了”
import socket

with socket.create_server(("127.0.0.1", 7106)) as srv:
    conn, _ = srv.accept()
    with conn:
        while chunk := conn.recv(65536):
            conn.sendall(chunk.upper())
print("done")
