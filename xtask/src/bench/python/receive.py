"""Receives one upload as the notes do: 1 KiB at a time. Argument: file."""
import os
import socket
import sys

with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    os.write(2, "正在监听 127.0.0.1:{}\n".format(listener.getsockname()[1]).encode())
    client, _ = listener.accept()
    with client, open(sys.argv[1], "wb") as target:
        while data := client.recv(1024):
            target.write(data)
        target.flush()
        client.sendall("文件上传成功!".encode())
