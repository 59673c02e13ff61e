# RUN: python3 journal.py
# KIND: hangs
# CAUSE: main forks while the writer thread holds journal_lock; only the forking thread exists in the child, so there the lock stays locked for ever and the child blocks in `with journal_lock` inside note(). Fork before starting threads (or take the lock around the fork, use spawn / subprocess, or reinit the lock with os.register_at_fork).
# MUST NOT SAY: that the writer thread in the parent keeps the lock for ever; in the parent it is released after half a second.
import os
import threading
import time
import warnings

warnings.simplefilter("ignore", DeprecationWarning)

journal_lock = threading.Lock()
journal = []


def note(text):
    with journal_lock:
        journal.append(text)
        time.sleep(0.5)      # "disk"


def writer():
    for i in range(3):
        note(f"entry {i}")


th = threading.Thread(target=writer)
th.start()
time.sleep(0.2)

pid = os.fork()
if pid == 0:
    note("hello from the child")
    print("child: noted")
    os._exit(0)

th.join()
print("parent: thread is done, entries:", len(journal))
_, status = os.waitpid(pid, 0)
print("child exit code", os.waitstatus_to_exitcode(status))
