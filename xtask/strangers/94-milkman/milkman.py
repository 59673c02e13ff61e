# RUN: python3 milkman.py
# KIND: healthy
# CAUSE: Both drinkers wait in wait_for for a milkman who starts only after 2.5 seconds; he adds the bottles under the lock and calls notify_all, so both get one and everything ends.
# MUST NOT SAY: that the notify was missed or that nobody will notify.
import threading

door = threading.Condition()
bottles = 0


def drinker(name):
    global bottles
    with door:
        door.wait_for(lambda: bottles > 0)
        bottles -= 1
    print(name, "has milk")


def milkman():
    global bottles
    with door:
        bottles += 2
        door.notify_all()
    print("milkman was here")


threads = [threading.Thread(target=drinker, args=(n,)) for n in ("Ida", "Jon")]
threads.append(threading.Timer(2.5, milkman))
for t in threads:
    t.start()
for t in threads:
    t.join()
print("bottles left:", bottles)
