import socket
import time

s = socket.create_connection(("127.0.0.1", 20127))
s.sendall(b"PUT /holiday.jpg\n" + b"\xff" * 40000)
time.sleep(0.3)
reply = b""
while True:
    piece = s.recv(512)
    if not piece:
        break
    reply += piece
print("the doorman says:", reply.decode())
