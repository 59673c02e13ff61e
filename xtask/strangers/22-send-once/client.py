import socket
import time

while True:
    try:
        s = socket.create_connection(("127.0.0.1", 7122))
        break
    except ConnectionRefusedError:
        time.sleep(0.1)

s.settimeout(3)
image = bytes(64 * 1024 * 1024)
s.send(image)
print("发完了，等回执", flush=True)
print(s.recv(10))
