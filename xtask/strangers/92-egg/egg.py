# RUN: python3 egg.py
# KIND: healthy
# CAUSE: signal.pause() sleeps without a time limit, but the interval timer sends SIGALRM every 0.8 seconds; after four of them the loop ends.
# MUST NOT SAY: that pause() waits for a signal that nobody sends.
import signal

minutes = 0


def tick(signum, frame):
    global minutes
    minutes += 1


signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.8, 0.8)

while minutes < 4:
    signal.pause()
    print("minute", minutes)

signal.setitimer(signal.ITIMER_REAL, 0)
print("the egg is ready")
