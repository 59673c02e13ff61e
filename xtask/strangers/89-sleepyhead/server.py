# RUN: python3 server.py , python3 client.py
# KIND: healthy
# CAUSE: The server warms up for two seconds before it listens; the client is refused at first, but it retries with growing pauses until it gets in, and both end well.
# MUST NOT SAY: that the connection is refused for good or that the client hangs in a loop.
import socket
import time

print("server: loading the model ...", flush=True)
time.sleep(2)
with socket.create_server(("127.0.0.1", 20129)) as srv:
    print("server: ready", flush=True)
    c, _ = srv.accept()
    with c:
        q = c.recv(200)
        c.sendall(b"42 is the answer to " + q)
