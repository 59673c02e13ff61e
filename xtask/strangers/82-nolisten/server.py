# RUN: python3 server.py , python3 client.py
# KIND: fails
# CAUSE: server.py binds but never calls listen(), so its accept() fails with EINVAL (Invalid argument) and the client's connect is refused. Add sock.listen() between bind and accept in server.py.
# MUST NOT SAY: that the port is wrong or a firewall blocks it.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.bind(("127.0.0.1", 20122))
print("server at", sock.getsockname())

while True:
    peer, addr = sock.accept()
    print("hello", addr)
    peer.sendall(b"welcome\n")
    peer.close()
