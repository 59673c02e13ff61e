import asyncio


async def talk():
    r, w = await asyncio.open_connection("127.0.0.1", 20130)
    for word in ("hello", "polly", "cracker"):
        w.write(word.encode() + b"\n")
        echo = await r.readline()
        print("parrot:", echo.decode().strip())
        await asyncio.sleep(0.4)
    w.close()
    await w.wait_closed()


asyncio.run(talk())
