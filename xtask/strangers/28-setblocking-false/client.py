import socket
import time

while True:
    try:
        s = socket.create_connection(("127.0.0.1", 7128))
        break
    except ConnectionRefusedError:
        time.sleep(0.2)
s.setblocking(False)
data = s.recv(16)
print("答案是", data.decode())
