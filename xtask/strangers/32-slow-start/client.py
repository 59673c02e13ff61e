import socket
import time

tries = 0
while True:
    tries += 1
    try:
        s = socket.create_connection(("127.0.0.1", 7132))
        break
    except ConnectionRefusedError:
        time.sleep(0.5)
with s:
    s.sendall(b"12")
    print("12 的平方是", s.recv(32).decode())
