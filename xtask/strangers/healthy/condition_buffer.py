import threading
import time

room = threading.Condition()
items = []
got = []


def producer():
    for n in range(6):
        time.sleep(0.2)
        with room:
            room.wait_for(lambda: len(items) < 2)
            items.append(n)
            room.notify_all()


def consumer():
    for _ in range(6):
        with room:
            room.wait_for(lambda: items)
            got.append(items.pop(0))
            room.notify_all()
        time.sleep(0.4)


ts = [threading.Thread(target=f) for f in (producer, consumer)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(got)
