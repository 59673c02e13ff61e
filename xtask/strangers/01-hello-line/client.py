import socket
import time

while True:
    try:
        s = socket.create_connection(("127.0.0.1", 7101))
        break
    except ConnectionRefusedError:
        time.sleep(0.2)

s.sendall("小明".encode())
print(s.recv(1024).decode())
