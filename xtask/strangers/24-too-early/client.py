import socket

s = socket.create_connection(("127.0.0.1", 7124))
s.sendall(b"cat")
print(s.recv(64).decode())
