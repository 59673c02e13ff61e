# cmd: python3 server.py , python3 client.py 3 4 , python3 client.py 5 6
# ends: healthy
# cause: 多线程服务器答完两个客户端以后继续等新客户端，这正是服务器该做的；客户端都正常结束，谁也不用改。
# lines: server.py:22（一直等新客户端，正常）、client.py:14（拿到答案）
# not: “服务器卡住了”；“死锁”；“服务器忘了关连接”
import socketserver


class Adder(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            a, b = line.split()
            self.wfile.write(b"%d\n" % (int(a) + int(b)))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server(("127.0.0.1", 7134), Adder) as server:
    server.serve_forever()
