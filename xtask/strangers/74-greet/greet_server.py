# RUN: python3 greet_server.py , python3 greet_client.py
# KIND: hangs
# CAUSE: greet_client.py writes the name into the buffered file object of makefile("rw") and goes straight to readline() without flush(), so the line stays in the client's own buffer and never reaches the server. Call f.flush() after f.write() in the client.
# MUST NOT SAY: that the newline is missing, or that the server does not flush (it never got that far).
import socket

srv = socket.create_server(("127.0.0.1", 20114))
print("greeter listening")
conn, _ = srv.accept()
with conn, conn.makefile("rw", encoding="utf-8") as f:
    name = f.readline().strip()
    f.write(f"Good morning, {name}!\n")
    f.flush()
srv.close()
