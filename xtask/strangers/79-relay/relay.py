# RUN: python3 relay.py , python3 feeder.py
# KIND: hangs
# CAUSE: feeder.py sends three lines in one go; relay.py reads them all into the buffered makefile object but takes only one line per select event; the other two lie in Python's buffer, where the selector cannot see them, so select() sleeps and the feeder waits for acks 2 and 3. relay.py must use conn.recv with its own line buffer (or drain all complete lines) instead of mixing the selector and a buffered reader.
# MUST NOT SAY: that the feeder's lines have not arrived or lack newlines.
import selectors
import socket

sel = selectors.DefaultSelector()
listener = socket.create_server(("127.0.0.1", 20119))
sel.register(listener, selectors.EVENT_READ, None)
print("relay up")

while True:
    for key, _ in sel.select():
        if key.data is None:
            conn, peer = listener.accept()
            sel.register(conn, selectors.EVENT_READ, conn.makefile("rb"))
            print("new peer", peer)
            continue
        line = key.data.readline()
        if not line:
            sel.unregister(key.fileobj)
            key.fileobj.close()
            continue
        print("line:", line)
        key.fileobj.sendall(b"ack " + line)
