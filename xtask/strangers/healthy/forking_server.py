import os
import socket

s = socket.create_server(("127.0.0.1", 7229))
children = []
for n in range(3):
    pid = os.fork()
    if pid == 0:
        s.close()
        with socket.create_connection(("127.0.0.1", 7229)) as c:
            c.sendall(b"%d" % n)
            c.recv(10)
        os._exit(n)
    children.append(pid)
seen = []
for _ in children:
    conn, _ = s.accept()
    with conn:
        seen.append(int(conn.recv(10)))
        conn.sendall(b"ok")
codes = [os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in children]
print(sorted(seen), codes)
