import socket

with socket.create_connection(("127.0.0.1", 20124)) as s:
    text = ""
    while True:
        block = s.recv(8)
        if block == b"":
            break
        text += block.decode("utf-8")
print(text)
