import socket
import time

sock = None
while sock is None:
    try:
        sock = socket.create_connection(("127.0.0.1", 7107))
    except ConnectionRefusedError:
        time.sleep(0.2)

f = sock.makefile("rwb")
greeting = f.readline()
print("服务器说", greeting)
f.write(b"HELO me\r\n")
f.flush()
print(f.readline())
