import asyncio


async def run(n):
    p = await asyncio.create_subprocess_exec(
        "sh", "-c", f"sleep 0.{n}; cat | wc -c",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, _ = await p.communicate(b"x" * n * 100_000)
    return int(out)


async def main():
    print(await asyncio.gather(*(run(n) for n in range(1, 5))))


asyncio.run(main())
