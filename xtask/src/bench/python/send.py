"""Uploads a file as the notes do: 1 KiB at a time. Arguments: file, port."""
import socket
import sys

name, port = sys.argv[1], int(sys.argv[2])
with socket.socket() as server, open(name, "rb") as source:
    server.connect(("127.0.0.1", port))
    while data := source.read(1024):
        server.sendall(data)
    server.shutdown(socket.SHUT_WR)
    reply = server.recv(1024)
sys.exit(0 if reply else 1)
