import socket
import time

socket.setdefaulttimeout(1.5)
while True:
    try:
        s = socket.create_connection(("127.0.0.1", 7131))
        break
    except ConnectionRefusedError:
        time.sleep(0.2)
s.sendall(b"pi?")
print("pi =", s.recv(100).decode())
