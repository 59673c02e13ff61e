# RUN: python3 rowers.py
# KIND: hangs
# CAUSE: The barrier is made for 4 parties, but the sick rower returns before start.wait(), so only 3 ever arrive and they wait for ever. Count only the rowers who really come (Barrier(len(fit))), or let the sick one call start.abort(), or give wait() a time-out.
import threading

CREW = {"Kim": True, "Lou": True, "Max": False, "Noa": True}
start = threading.Barrier(len(CREW))


class Rower(threading.Thread):
    def __init__(self, who, fit):
        super().__init__(name=who)
        self.fit = fit

    def run(self):
        if not self.fit:
            print(self.name, "stays in bed")
            return
        print(self.name, "sits in the boat")
        start.wait()
        print(self.name, "rows")


crew = [Rower(n, ok) for n, ok in CREW.items()]
for rower in crew:
    rower.start()
for rower in crew:
    rower.join()
print("finish line")
