# cmd: python3 server.py , python3 client.py
# ends: hangs
# cause: 客户端等服务器先发欢迎词，服务器等客户端先发命令，谁也不先开口；要定好谁先说，比如服务器 accept 以后先发 220。
# lines: server.py:11（服务器等第一条命令）、client.py:12（客户端等欢迎词）
# not: “消息在路上丢了”；“服务器没有接受连接”；“有一边关了连接”
import socketserver


class Mail(socketserver.StreamRequestHandler):
    def handle(self):
        command = self.rfile.readline()
        self.wfile.write(b"220 mail ready, you said " + command)


socketserver.TCPServer.allow_reuse_address = True
with socketserver.TCPServer(("127.0.0.1", 7107), Mail) as server:
    server.serve_forever()
