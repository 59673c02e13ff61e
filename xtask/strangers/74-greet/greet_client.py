import socket

with socket.create_connection(("127.0.0.1", 20114)) as s:
    f = s.makefile("rw", encoding="utf-8")
    f.write("Grace\n")
    reply = f.readline()
    print(reply.strip())
