import socket
import struct
import time

sock = socket.socket()
while sock.connect_ex(("127.0.0.1", 7102)) != 0:
    sock.close()
    time.sleep(0.2)
    sock = socket.socket()

body = b"hello"
sock.sendall(struct.pack("<I", len(body)) + body)
print("回执：", sock.recv(2))
