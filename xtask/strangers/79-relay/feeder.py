import socket

lines = ["temp=21", "wind=4", "rain=0"]
sock = socket.create_connection(("127.0.0.1", 20119))
sock.sendall("".join(l + "\n" for l in lines).encode())
acks = sock.makefile("r")
for _ in lines:
    print(acks.readline().rstrip())
sock.close()
