import socket
import time

time.sleep(0.8)          # read the headlines first
srv = socket.socket()
srv.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
srv.bind(("127.0.0.1", 20123))
srv.listen()
print("news are ready")
while True:
    c, _ = srv.accept()
    c.sendall(b"nothing happened today\n")
    c.close()
