import socket
import time

payload = b"abcdefgh" * (8 * 1024 * 1024)

while True:
    try:
        s = socket.create_connection(("127.0.0.1", 7106))
        break
    except OSError:
        time.sleep(0.1)

s.sendall(payload)
s.shutdown(socket.SHUT_WR)
back = b""
while chunk := s.recv(65536):
    back += chunk
print(len(back), "bytes back")
