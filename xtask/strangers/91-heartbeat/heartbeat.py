# RUN: python3 heartbeat.py
# KIND: healthy
# CAUSE: The endless heartbeat thread is a daemon and the poller wakes from Event.wait(timeout) twice a second until the main thread sets the event after three seconds; then the program ends.
# MUST NOT SAY: that `while True` in the heartbeat keeps the program alive.
import threading
import time

stop = threading.Event()


def heartbeat():
    while True:
        time.sleep(0.25)


def poller():
    polls = 0
    while not stop.wait(timeout=0.5):
        polls += 1
        print("poll", polls)
    print("poller saw the stop sign")


threading.Thread(target=heartbeat, daemon=True).start()
p = threading.Thread(target=poller)
p.start()
time.sleep(3)
stop.set()
p.join()
print("done")
