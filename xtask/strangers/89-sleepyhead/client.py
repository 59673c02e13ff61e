import socket
import sys
import time

pause = 0.1
for attempt in range(1, 12):
    try:
        s = socket.create_connection(("127.0.0.1", 20129), timeout=5)
        break
    except ConnectionRefusedError:
        print("attempt", attempt, "refused, next in", round(pause, 2))
        time.sleep(pause)
        pause = min(pause * 1.6, 1.0)
else:
    sys.exit("gave up")
with s:
    s.sendall(b"everything")
    print(s.recv(200).decode())
