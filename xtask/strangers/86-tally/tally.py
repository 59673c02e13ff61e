# RUN: python3 tally.py
# KIND: fails
# CAUSE: Four forked processes read the shared mmap counter, add one and write it back without any lock, so increments overwrite each other and the total is far below 400. Protect read-add-write in vote() with a multiprocessing.Lock (or fcntl.lockf).
# MUST NOT SAY: that the mmap is not shared between the processes.
import mmap
import os
import struct
import sys
import time

board = mmap.mmap(-1, 4)      # anonymous and shared


def vote():
    (n,) = struct.unpack("i", board[:4])
    time.sleep(0.001)
    board[:4] = struct.pack("i", n + 1)


kids = []
for _ in range(4):
    pid = os.fork()
    if pid == 0:
        for _ in range(100):
            vote()
        os._exit(0)
    kids.append(pid)

for pid in kids:
    os.waitpid(pid, 0)

(total,) = struct.unpack("i", board[:4])
print("votes:", total, "expected: 400")
sys.exit(total != 400)
