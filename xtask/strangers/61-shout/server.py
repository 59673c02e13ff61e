# RUN: python3 server.py , python3 client.py
# KIND: hangs
# CAUSE: The server collects until recv returns b"" (end of stream) before it answers, but the client keeps its sending side open while it waits for the answer. The client must call s.shutdown(socket.SHUT_WR) after sendall (or the two must agree on a length or delimiter), so that the server's loop in read_everything ends.
# MUST NOT SAY: that the network lost data or that the server is too slow; all the bytes have arrived.
import socket


def read_everything(conn):
    parts = []
    while True:
        chunk = conn.recv(4096)
        if not chunk:
            break
        parts.append(chunk)
    return b"".join(parts)


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 20101))
listener.listen()
print("shout server ready")
conn, who = listener.accept()
text = read_everything(conn)
conn.sendall(text.upper())
conn.close()
