import socket
import struct

text = "two pairs of socks, size 43".encode()
with socket.create_connection(("127.0.0.1", 20110)) as s:
    s.sendall(struct.pack("<I", len(text)) + text)
    print("receipt:", s.recv(2))
