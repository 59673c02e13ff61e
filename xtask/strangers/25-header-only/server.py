# cmd: python3 server.py , python3 client.py
# ends: fails
# cause: 服务器只读了前 10 个字节就关连接，接收缓冲区里还有没读的数据，内核因此发 RST 而不是 FIN，客户端的 recv 得到 ConnectionResetError；服务器要把请求读完（或者先答复、读到结尾再关）。
# lines: server.py:11（只读 10 个字节）、server.py:15（带着没读的数据关闭）、client.py:11（被重置）
# not: “服务器进程被杀了”（它正常结束）；“客户端发送失败”（全发出去了）；“对方正常关闭”
import socket
import time

s = socket.create_server(("127.0.0.1", 7125))
conn, _ = s.accept()
head = conn.recv(10)
time.sleep(1)
if not head.startswith(b"POST"):
    print("不认识的请求，关掉", flush=True)
    conn.close()
