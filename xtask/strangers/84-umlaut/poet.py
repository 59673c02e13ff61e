# RUN: python3 poet.py , python3 reader.py
# KIND: fails
# CAUSE: reader.py decodes each recv(8) block on its own; a two-byte UTF-8 letter is cut at a block's border, so decode raises UnicodeDecodeError. Join all bytes first and decode once at the end (or use an incremental decoder / makefile("r", encoding="utf-8")).
# MUST NOT SAY: that the server sends latin-1 or broken UTF-8.
import socket

POEM = "Über grünen Hügeln fährt früh\nein müder Bär nach Lübeck.\n"

with socket.create_server(("127.0.0.1", 20124)) as srv:
    conn, _ = srv.accept()
    with conn:
        conn.sendall(POEM.encode("utf-8"))
print("poem sent")
