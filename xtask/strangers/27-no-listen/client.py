import socket
import time

time.sleep(2)
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("127.0.0.1", 7127))
print(client.recv(100))
