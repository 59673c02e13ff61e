import socket

with socket.create_connection(("127.0.0.1", 20111)) as s:
    lines = s.makefile("r")
    for cmd in ("hello", "off"):
        s.sendall(cmd.encode() + b"\n")
        print(lines.readline().strip())
print("client ends")
