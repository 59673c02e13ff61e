# RUN: python3 bakery.py
# KIND: hangs
# CAUSE: main puts a single None (stop sign) into the queue for three bakers; the first baker who gets it ends, the other two wait in orders.get() for ever and join() on one of them never returns. Put one None per baker, or let each baker put the None back before it returns.
# MUST NOT SAY: that orders were lost or that the queue is blocked; all nine cakes are baked.
import threading, time
from queue import Queue

orders = Queue()

def baker(no):
    while True:
        cake = orders.get()
        if cake is None:
            print("baker", no, "goes home")
            return
        time.sleep(.05)
        print("baker", no, "made", cake)

bakers = []
for no in (1, 2, 3):
    b = threading.Thread(target=baker, args=(no,))
    b.start()
    bakers.append(b)

for i in range(9):
    orders.put("cake-%d" % i)
orders.put(None)

for b in bakers:
    b.join()
print("bakery is closed")
