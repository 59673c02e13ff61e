# RUN: python3 doorman.py , python3 visitor.py
# KIND: fails
# CAUSE: doorman.py reads only the first 16 bytes of the request and closes the socket while more data lies unread, so the kernel sends a reset (RST) in place of an orderly end and the visitor gets ConnectionResetError (or a broken pipe). doorman.py must read the request to its end (or shutdown its writing side and drain) before close().
# MUST NOT SAY: that the server crashed; it ends normally.
import socket

srv = socket.create_server(("127.0.0.1", 20127))
conn, addr = srv.accept()
first = conn.recv(16)
if first.startswith(b"PUT"):
    conn.sendall(b"403 no uploads here\n")
conn.close()
srv.close()
print("doorman: turned somebody away")
