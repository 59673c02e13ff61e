# RUN: python3 doorbell.py
# KIND: hangs
# CAUSE: The sensor thread calls fut.set_result() directly; asyncio futures are not thread-safe, so the event loop, asleep in its selector with nothing else to do, is never woken and `await fut` never goes on. The thread must use loop.call_soon_threadsafe(fut.set_result, ...).
# MUST NOT SAY: that the thread never finishes or never set the result; it did.
import asyncio
import threading
import time


def sensor(fut):
    time.sleep(0.5)
    print("sensor: somebody pressed the button")
    fut.set_result("front door")
    print("sensor: result is set")


async def main():
    loop = asyncio.get_running_loop()
    fut = loop.create_future()
    threading.Thread(target=sensor, args=(fut,), daemon=True).start()
    where = await fut
    print("ring at the", where)


asyncio.run(main())
