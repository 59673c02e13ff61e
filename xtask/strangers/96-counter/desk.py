# RUN: python3 desk.py , python3 crowd.py
# KIND: healthy
# CAUSE: A preforking server: three children share the listening Unix socket and block in accept, the parent blocks in os.wait; the crowd is served and ends, and the clerks wait for more clients.
# MUST NOT SAY: that the children hang in accept or that the parent waits for dead children.
import os
import socket
import tempfile

PATH = os.path.join(tempfile.gettempdir(), "fresh_desk_20136.sock")
if os.path.exists(PATH):
    os.unlink(PATH)

listener = socket.socket(socket.AF_UNIX)
listener.bind(PATH)
listener.listen(16)


def clerk(no):
    while True:
        c, _ = listener.accept()
        with c:
            name = c.recv(64).decode()
            c.sendall(f"clerk {no} stamps the form of {name}".encode())


for no in range(3):
    if os.fork() == 0:
        clerk(no)

while True:
    pid, _ = os.wait()
    print("clerk", pid, "has left")
