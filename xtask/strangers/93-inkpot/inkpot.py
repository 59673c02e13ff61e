# RUN: python3 inkpot.py
# KIND: healthy
# CAUSE: The Manager lock lets only one of the pool's workers print at a time, so six pages of half a second take about three seconds; all wait in turn and the program ends.
# MUST NOT SAY: that the workers deadlock over the manager's lock.
from multiprocessing import Manager, Pool
import time


def print_page(args):
    page, press, ledger = args
    with press:
        time.sleep(0.5)
        ledger[page] = time.strftime("%H:%M:%S")
    return page


if __name__ == "__main__":
    with Manager() as mgr:
        press = mgr.Lock()
        ledger = mgr.dict()
        with Pool(3) as pool:
            jobs = [(n, press, ledger) for n in range(1, 7)]
            for page in pool.imap_unordered(print_page, jobs):
                print("page", page, "printed at", ledger[page])
        print("pages in the ledger:", len(ledger))
