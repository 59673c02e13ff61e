import asyncio


async def handle(reader, writer):
    data = await reader.read()
    await asyncio.sleep(1)
    writer.write(str(len(data)).encode() + b"\n")
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(handle, "127.0.0.1", 7203)
    async with server:
        await server.serve_forever()


asyncio.run(main())
