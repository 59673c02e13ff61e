import socket
import time

while True:
    try:
        s = socket.create_connection(("127.0.0.1", 7125))
        break
    except ConnectionRefusedError:
        time.sleep(0.1)
s.sendall(b"PUT /photo " + bytes(50_000))
answer = s.recv(1024)
print("服务器答：", answer)
