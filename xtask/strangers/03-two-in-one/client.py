import socket
import time


def connect(port):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.1)
    raise SystemExit("连不上")


c = connect(7103)
c.send("小红".encode())
c.send("18".encode())
print(c.recv(1024).decode())
