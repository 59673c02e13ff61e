# RUN: python3 thumbs.py
# KIND: hangs
# CAUSE: For the broken file the worker goes to `continue` in the except branch and never calls todo.task_done(), so the queue's unfinished count stays at 1 and todo.join() in main waits for ever. The worker must call task_done() in a finally block for every get().
# MUST NOT SAY: that the queue still holds items or that the worker died; it is alive and waits for the next item.
import queue
import threading

todo = queue.Queue()


def make_thumb(name):
    if not name.endswith(".png"):
        raise ValueError("not an image: " + name)
    return "thumb_" + name


def worker():
    while True:
        name = todo.get()
        try:
            out = make_thumb(name)
        except ValueError as err:
            print("skipped,", err)
            continue
        print("wrote", out)
        todo.task_done()


for _ in range(2):
    threading.Thread(target=worker, daemon=True).start()

for f in ["cat.png", "dog.png", "notes.txt", "sun.png"]:
    todo.put(f)

todo.join()
print("all thumbs are done")
