import socket
import time

time.sleep(1)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"abc", ("127.0.0.1", 7121))
answer, who = sock.recvfrom(2048)
print(answer, who)
