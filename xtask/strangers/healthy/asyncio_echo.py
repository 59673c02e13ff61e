import asyncio


async def handle(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def client(n):
    reader, writer = await asyncio.open_connection("127.0.0.1", 7202)
    for word in ("one", "two"):
        writer.write(f"{word}{n}\n".encode())
        await asyncio.sleep(0.3)
        answer = await reader.readline()
        results[n].append(answer.decode().strip())
    writer.close()
    await writer.wait_closed()


async def main():
    server = await asyncio.start_server(handle, "127.0.0.1", 7202)
    async with server:
        await asyncio.gather(*(client(n) for n in range(3)))
    print(results)


results = {n: [] for n in range(3)}
asyncio.run(main())
