import socket

s = socket.create_connection(("127.0.0.1", 20101))
s.sendall(b"please make me loud")
answer = s.recv(1024)
print("answer:", answer.decode())
s.close()
