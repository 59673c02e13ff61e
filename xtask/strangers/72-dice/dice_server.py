# RUN: python3 dice_server.py , python3 player.py
# KIND: hangs
# CAUSE: dice_server.py sends its reply to the fixed port 20212 instead of to the address it got from recvfrom; the player's socket has an ephemeral port, nobody is bound to 20212, and the datagram is dropped silently. The server must answer with sock.sendto(reply, addr) (or the player must bind to 20212), and the player should set a time-out.
# MUST NOT SAY: that the player's request never arrived.
import random
import socket

REPLY_PORT = 20212

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 20112))
print("dice server: waiting for players")
while True:
    msg, addr = sock.recvfrom(512)
    sides = int(msg)
    reply = str(random.randint(1, sides)).encode()
    print("rolled", reply, "for", addr[0])
    sock.sendto(reply, (addr[0], REPLY_PORT))
