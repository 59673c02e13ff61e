import socket
import time

while True:
    try:
        s = socket.create_connection(("127.0.0.1", 7133))
        break
    except ConnectionRefusedError:
        time.sleep(0.3)
f = s.makefile("rw")
for move in ["e4", "Nf3", "Bb5"]:
    time.sleep(1.5)
    print(move, file=f, flush=True)
    print("黑方走了", f.readline().strip(), flush=True)
