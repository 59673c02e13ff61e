# RUN: python3 receiver.py , python3 sender.py
# KIND: hangs
# CAUSE: sender.py packs the length prefix little-endian ("<I") and receiver.py unpacks it big-endian (">I"), so the receiver waits for hundreds of millions of bytes that never come, while the sender waits for the receipt. sender.py must pack with ">I" (or "!I").
# MUST NOT SAY: that the sender did not send the whole message, or that a shutdown is what is missing.
import socket
import struct

HOST, PORT = "127.0.0.1", 20110


def recv_exactly(sock, n):
    buf = bytearray()
    while len(buf) < n:
        part = sock.recv(min(4096, n - len(buf)))
        if not part:
            raise EOFError("peer closed early")
        buf += part
    return bytes(buf)


with socket.create_server((HOST, PORT)) as srv:
    conn, _ = srv.accept()
    with conn:
        (size,) = struct.unpack(">I", recv_exactly(conn, 4))
        body = recv_exactly(conn, size)
        print("parcel:", body.decode())
        conn.sendall(b"OK")
