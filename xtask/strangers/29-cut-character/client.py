import socket
import time

s = socket.socket()
while s.connect_ex(("127.0.0.1", 7129)):
    time.sleep(0.2)
    s = socket.socket()

text = ""
while True:
    block = s.recv(1024)
    if not block:
        break
    text += block.decode("utf-8")
print(text)
