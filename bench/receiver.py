"""The platform at the other end of the webhooks: answers every message at once and counts it.

Prints its port; ends when its stdin closes and then prints what it received.
"""

import asyncio
import json
import re
import sys

ID = re.compile(rb"webhook-id: *(\S+)", re.IGNORECASE)
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
GOOD = b"HTTP/1.1 204 No Content\r\n\r\n"


class Received:
    def __init__(self) -> None:
        self.ids: set[bytes] = set()
        self.calls = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                await reader.readexactly(int(length[1]) if length else 0)
                self.calls += 1
                if message := ID.search(head):
                    self.ids.add(message[1])
                writer.write(GOOD)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def main() -> None:
    received = Received()
    server = await asyncio.start_server(received.take, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps({"calls": received.calls, "messages": len(received.ids)}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
