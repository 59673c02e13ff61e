# RUN: python3 saver.py
# KIND: fails
# CAUSE: main() starts the save tasks with create_task but never awaits them; asyncio.run cancels what is still pending when main() returns, so nothing is saved. Keep the tasks and `await asyncio.gather(*tasks)` (or use a TaskGroup) before main() ends.
# MUST NOT SAY: that save() raised an error or that asyncio.sleep blocks the loop.
import asyncio
import sys

saved = []


async def save(n):
    await asyncio.sleep(0.1)      # slow disk
    saved.append(f"page{n}")


async def main():
    tasks = set()
    for n in range(5):
        tasks.add(asyncio.create_task(save(n)))
    print("all pages are on their way")


asyncio.run(main())
print("saved:", saved)
if len(saved) < 5:
    sys.exit(f"{5 - len(saved)} pages are missing")
