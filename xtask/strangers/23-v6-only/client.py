import socket
import time

time.sleep(2)  # 等服务器起来
c = socket.socket()
c.connect(("127.0.0.1", 7123))
print(c.recv(10))
