import asyncio
import logging
import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from redis.exceptions import RedisError

from apps.insight.access import may_watch
from apps.insight.board import board
from apps.insight.operations import AT_LEAST_EVERY
from apps.insight.parts import AUDIENCE
from apps.insight.queries import snapshot

ASK_AGAIN_EVERY = 120.0  # seconds: whether the session still stands
NOT_YOURS, TRY_LATER = 4403, 1013

log = logging.getLogger("reviewqueue.live")


class SaidOnce(logging.Filter):
    """The channel layer tells at length, every second, that Redis is away. Once is enough."""

    said = False

    def filter(self, record: logging.LogRecord) -> bool:
        trouble = record.exc_info[1] if record.exc_info else None
        if not isinstance(trouble, RedisError | OSError):
            return True
        if not self.said:
            self.said = True
            log.warning("Redis is away: live updates are paused, and pages ask by themselves.")
        return False


redis_trouble = SaidOnce()
logging.getLogger("channels_redis.pubsub").addFilter(redis_trouble)


class Latest:
    """The last message this process has seen, for whoever connects next."""

    def __init__(self) -> None:
        self.text = ""
        self.at = 0.0
        self.asking = asyncio.Lock()

    def keep(self, text: str) -> None:
        self.text, self.at = text, time.monotonic()

    async def get(self) -> str:
        async with self.asking:  # two hundred pages that connect at once ask once
            if time.monotonic() - self.at > AT_LEAST_EVERY.total_seconds():
                self.keep(await database_sync_to_async(_message)())
        return self.text


def _message() -> str:
    return board(snapshot()).message()


latest = Latest()


class LiveConsumer(AsyncWebsocketConsumer):
    """Forwards text to a dashboard. It never asks the database for numbers, but once when the page opens."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        except (RedisError, OSError) as trouble:
            # Nothing to subscribe to. The page says that it is paused, asks by itself, and tries again.
            log.debug("live updates are paused: %s", trouble)
            await send({"type": "websocket.close", "code": TRY_LATER})

    async def connect(self) -> None:
        self.session_key = self.scope["session"].session_key
        self.watch: asyncio.Task[None] | None = None
        if not await database_sync_to_async(may_watch)(self.session_key):
            await self.close(code=NOT_YOURS)
            return
        await self.channel_layer.group_add(AUDIENCE, self.channel_name)
        await self.accept()
        await self.send(text_data=await latest.get())
        self.watch = asyncio.create_task(self._ask_again())

    async def disconnect(self, code: int) -> None:
        if self.watch is not None:
            self.watch.cancel()
        await self.channel_layer.group_discard(AUDIENCE, self.channel_name)

    async def board_changed(self, event: dict[str, str]) -> None:
        text = event["text"]
        latest.keep(text)
        redis_trouble.said = False
        await self.send(text_data=text)

    async def _ask_again(self) -> None:
        """Close when the session was ended or the role taken away."""
        while True:
            await asyncio.sleep(ASK_AGAIN_EVERY)
            if not await database_sync_to_async(may_watch)(self.session_key):
                await self.close(code=NOT_YOURS)
                return
