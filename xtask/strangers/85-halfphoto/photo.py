# RUN: python3 photo.py
# KIND: fails
# CAUSE: send() on the non-blocking socket takes only what fits into the kernel buffer and returns that count, which upload() ignores; the rest of the photo is never sent. Loop over the remainder when the socket is writable, or use a blocking socket with sendall().
# MUST NOT SAY: that the receiver stopped reading early or that the close lost data already sent.
import socket
import sys
import threading

PHOTO = bytes(range(256)) * 8192          # 2 MiB
got = 0


def upload(sock, data):
    sock.setblocking(False)
    sock.send(data)
    sock.close()


def download(sock):
    global got
    while chunk := sock.recv(65536):
        got += len(chunk)


a, b = socket.socketpair()
t = threading.Thread(target=download, args=(b,))
upload(a, PHOTO)
t.start()
t.join()
print("received", got, "of", len(PHOTO))
if got != len(PHOTO):
    print("the photo is damaged!", file=sys.stderr)
    sys.exit(1)
