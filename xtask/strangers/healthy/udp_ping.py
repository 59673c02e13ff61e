import socket
import threading


def server(sock):
    for _ in range(5):
        data, peer = sock.recvfrom(100)
        sock.sendto(data[::-1], peer)


srv = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
srv.bind(("127.0.0.1", 7230))
t = threading.Thread(target=server, args=(srv,))
t.start()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as c:
    c.connect(srv.getsockname())
    for word in (b"abc", b"def", b"ghi", b"jkl", b"mno"):
        c.send(word)
        print(c.recv(100).decode())
t.join()
