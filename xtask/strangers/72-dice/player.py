import socket
import time

time.sleep(0.5)   # let the server come up
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"20", ("127.0.0.1", 20112))
data, _ = sock.recvfrom(512)
print("I rolled", int(data))
