# RUN: python3 watchdog.py
# KIND: hangs
# CAUSE: The child has long exited but is a zombie, because its parent watchdog.py never waits for it; kill(pid, 0) succeeds on a zombie, so alive() stays true and the loop runs for ever. Use os.waitpid(pid, os.WNOHANG) in alive() to reap it and learn that it ended.
# MUST NOT SAY: that the child still works or ignores the signal.
import os
import time


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def backup():
    time.sleep(0.7)
    print("child: backup finished", flush=True)
    os._exit(0)


pid = os.fork()
if pid == 0:
    backup()

print("parent: watching", pid)
while alive(pid):
    time.sleep(0.2)
print("parent: backup process is gone, starting the upload")
