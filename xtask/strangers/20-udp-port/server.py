# cmd: python3 server.py , python3 client.py
# ends: hangs
# cause: 服务器绑在 7120，客户端却发到 7121，那里没有人；没有 connect 过的 UDP 套接字得不到“端口不可达”的错误，两边都一直等。客户端要改端口（并给 recvfrom 加时限）。
# lines: client.py:6（发到 7121）、client.py:7（等回答）、server.py:11（等第一个数据报）
# not: “服务器收到了但不答”；“连接被拒绝，客户端报错”（这里不报错）；“数据报太大”
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 7120))
while True:
    data, peer = sock.recvfrom(2048)
    print(peer, data, flush=True)
    sock.sendto(data[::-1], peer)
