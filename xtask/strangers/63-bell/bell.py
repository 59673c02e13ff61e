# RUN: python3 bell.py
# KIND: hangs
# CAUSE: main rings (notify) at once, while the guest is still dressing; a notify is not remembered, so the guest's later bell.wait() waits for a ring that is already over. Keep a flag that main sets under the lock and let guest use bell.wait_for(lambda: rung) (or use threading.Event).
# MUST NOT SAY: that there is a deadlock over the lock; wait() has released it and nobody holds it.
import threading
import time

bell = threading.Condition()


def guest():
    time.sleep(0.6)          # gets dressed
    with bell:
        print("guest: listening for the bell")
        bell.wait()
    print("guest: dinner!")


t = threading.Thread(target=guest)
t.start()
with bell:
    print("main: ding dong")
    bell.notify()
t.join()
print("everybody has eaten")
