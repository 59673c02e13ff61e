import os
import socket
import tempfile
import time

PATH = os.path.join(tempfile.gettempdir(), "fresh_desk_20136.sock")
time.sleep(1)
for who in ["Uma", "Vic", "Wes", "Xia", "Yul"]:
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(PATH)
        s.sendall(who.encode())
        print(s.recv(200).decode())
    time.sleep(0.2)
