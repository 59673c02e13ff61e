# RUN: python3 calc_server.py , python3 calc_client.py
# KIND: hangs
# CAUSE: calc_server.py answers one recv per connection and then returns to accept(), though the client goes on to use the same connection; the second sum lies unread in the old connection. The server needs an inner loop `while data := conn.recv(...)` around the answer.
# MUST NOT SAY: that the client must connect anew because TCP allows only one message, or that the second message was not sent.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 20116))
server.listen(5)

clients = []
while True:
    conn, addr = server.accept()
    clients.append(conn)
    data = conn.recv(1024).decode()
    a, b = data.split("+")
    conn.send(str(int(a) + int(b)).encode())
    print("answered", addr)
