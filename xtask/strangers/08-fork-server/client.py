import socket
import time

time.sleep(0.3)
while True:
    try:
        s = socket.create_connection(("127.0.0.1", 7108))
        break
    except ConnectionRefusedError:
        time.sleep(0.3)

text = b""
while True:
    part = s.recv(512)
    if part == b"":
        break
    text += part
    print("收到", len(part), "字节", flush=True)
print(text.decode())
