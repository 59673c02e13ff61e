"""Threads that wait in every way; for each line of input it says where each of them is, as Python itself knows it."""

import asyncio
import concurrent.futures
import functools
import json
import multiprocessing
import os
import queue
import select
import socket
import subprocess
import sys
import threading

lock = threading.Lock()
lock.acquire()
again = threading.RLock()
again.acquire()
condition = threading.Condition()
event = threading.Event()
items = queue.Queue()
full = queue.Queue(1)
full.put(1)
barrier = threading.Barrier(2)
here, there = socket.socketpair()
reader, writer = os.pipe()
receiver, sender = multiprocessing.Pipe(duplex=False)
sleeper = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)


def wait_for_lock():
    numbers = [
        1,
        2,
    ]
    with lock:
        str(numbers)


def wait_for_lock_again():
    if numbers := [1, 2]:
        for _ in numbers:
            again.acquire(
                True,
                -1,
            )


def wait_for_condition():
    with condition:
        while True:
            condition.wait()


def wait_for_event():
    try:
        event.wait()
    finally:
        str(0)


def wait_for_item():
    while (item := items.get()) is not None:
        str(item)


def wait_for_room():
    full.put(
        2
    )


def wait_for_barrier():
    barrier.wait()


def read_line():
    file = here.makefile()
    for line in file:
        str(line)


def read_whole():
    return there.makefile("rb").read()


def receive():
    return there.recv(64)


def read_pipe():
    return os.read(reader, 1)


def receive_object():
    return receiver.recv()


def wait_for_process():
    return sleeper.wait()


def select_nothing():
    select.select([reader], [], [])


def in_comprehension():
    return [os.read(reader, number) for number in (1, 2)]


def generate():
    yield 1
    yield os.read(reader, 2)


def in_generator():
    for item in generate():
        str(item)


def delegate():
    yield from generate()


def in_delegate():
    return sum(len(str(item)) for item in delegate())


in_lambda = lambda: os.read(reader, 1)  # noqa: E731


def passing(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


@passing
@passing
def in_decorated():
    return os.read(
        reader, 1
    )


class Reader:
    def __init__(self, depth):
        self.depth = depth

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.read(reader, 1)

    def __len__(self):
        return len(os.read(reader, 1))

    def __iter__(self):
        return self

    def __next__(self):
        if self.depth:
            self.depth -= 1
            return next(self)
        return os.read(reader, 1)

    @property
    def value(self):
        return os.read(reader, 1)


def in_exit():
    with Reader(0):
        str(0)


def in_len():
    return len(Reader(0))


def in_next():
    for _ in Reader(100):
        pass


def in_property():
    return Reader(0).value


def in_sort():
    return sorted([3, 1, 2], key=lambda _: os.read(reader, 1))


def in_exec():
    exec(compile("import os\n\n\nos.read(%d, 1)" % reader, "<string>", "exec"))


def in_closure():
    name = "x"

    def 内部():
        str((name, os.read(reader, 1)))

    内部()


async def asynchronous():
    await asyncio.sleep(0)
    await asyncio.gather(asyncio.get_running_loop().create_future())


def in_loop():
    asyncio.run(asynchronous())


async def blocking():
    await asyncio.sleep(0)
    os.read(reader, 1)


def in_coroutine():
    asyncio.run(blocking())


def in_future():
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(event.wait).result()


def in_join():
    thread = threading.Thread(target=event.wait, daemon=True)
    thread.start()
    thread.join()


def in_class_body():
    class Body:
        first = 1
        second = os.read(reader, 1)

    return Body


def in_except():
    try:
        raise ValueError
    except ValueError:
        os.read(reader, 1)


def in_default():
    def function(a=os.read(reader, 1)):
        return a

    return function


def far_below():
    lines = ["def far_below(value=0):", *["    value += 1000"] * 200, *[""] * 300, "    os.read(reader, 1)"]
    names = dict(globals())
    exec(compile("\n".join(lines), "far.py", "exec"), names)
    names["far_below"]()


def stacks():
    frames = sys._current_frames()
    told = {}
    for thread in threading.enumerate():
        found, frame = [], frames.get(thread.ident)
        while frame and len(found) < 64:
            code = frame.f_code
            found.append([code.co_name, code.co_filename, frame.f_lineno])
            frame = frame.f_back
        told[thread.native_id or 0] = found
    return told


def main():
    functions = [
        wait_for_lock, wait_for_lock_again, wait_for_condition, wait_for_event, wait_for_item, wait_for_room,
        wait_for_barrier, read_line, read_whole, receive, read_pipe, receive_object, wait_for_process, select_nothing,
        in_comprehension, in_generator, in_delegate, in_lambda, in_decorated, in_exit, in_len, in_next, in_property,
        in_sort, in_exec, in_closure, in_loop, in_coroutine, in_future, in_join, in_class_body, in_except, in_default,
        far_below,
    ]
    for function in functions:
        threading.Thread(target=function, daemon=True).start()
    for _ in sys.stdin:
        print(json.dumps(stacks()), flush=True)
    sleeper.kill()
    os._exit(0)


main()
