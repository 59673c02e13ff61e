import socket

s = socket.socket()
s.connect(("127.0.0.1", 20116))
for question in ["1+2", "40+2", "7+7"]:
    s.send(question.encode())
    print(question, "=", s.recv(1024).decode())
s.close()
