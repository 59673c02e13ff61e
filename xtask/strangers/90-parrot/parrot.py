# RUN: python3 parrot.py , python3 owner.py
# KIND: healthy
# CAUSE: The owner gets all his echoes and ends; the asyncio server then idles in serve_forever, waiting for further clients, which is its job.
# MUST NOT SAY: that the server hangs because it does not end.
import asyncio


async def repeat(reader, writer):
    while line := await reader.readline():
        await asyncio.sleep(0.3)          # thinks
        writer.write(line)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def main():
    server = await asyncio.start_server(repeat, "127.0.0.1", 20130)
    async with server:
        await server.serve_forever()


asyncio.run(main())
