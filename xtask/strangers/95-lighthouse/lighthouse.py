# RUN: python3 lighthouse.py , python3 ship.py
# KIND: healthy
# CAUSE: The UDP server answers the ship's three calls; afterwards its recvfrom times out each second and it just goes round again, waiting for more ships. The ship ends well.
# MUST NOT SAY: that the time-outs are failures or that the lighthouse hangs.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 20135))
sock.settimeout(1.0)
quiet = 0
while True:
    try:
        data, ship = sock.recvfrom(256)
    except socket.timeout:
        quiet += 1
        continue
    sock.sendto(b"light for " + data, ship)
    print("served", ship, "after", quiet, "quiet seconds", flush=True)
    quiet = 0
