import selectors
import socket
import threading

sel = selectors.DefaultSelector()
listener = socket.create_server(("127.0.0.1", 7227))
listener.setblocking(False)
sel.register(listener, selectors.EVENT_READ)
heard = []


def talk(n):
    with socket.create_connection(("127.0.0.1", 7227)) as s:
        s.sendall(f"hi {n}\n".encode())
        s.shutdown(socket.SHUT_WR)
        s.recv(100)


threads = [threading.Thread(target=talk, args=(n,)) for n in range(4)]
for t in threads:
    t.start()
while len(heard) < 4:
    for key, _ in sel.select(timeout=5):
        if key.fileobj is listener:
            conn, _ = listener.accept()
            conn.setblocking(False)
            sel.register(conn, selectors.EVENT_READ, data=bytearray())
        elif part := key.fileobj.recv(1024):
            key.data.extend(part)
        else:
            heard.append(key.data.decode().strip())
            key.fileobj.sendall(b"bye\n")
            sel.unregister(key.fileobj)
            key.fileobj.close()
for t in threads:
    t.join()
print(sorted(heard))
