"""The looping server of lesson 02, as the notes write it."""
import os
import socket

with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    os.write(2, "正在监听 127.0.0.1:{}\n".format(listener.getsockname()[1]).encode())
    while True:
        client, address = listener.accept()
        client.sendall("welcome to socket".encode())
        text = client.recv(1024).decode()
        print("服务器端收到来自{}的信息:{}".format(address, text), flush=True)
        client.close()
