import asyncio
import contextlib
import logging
import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
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

    # No channel of its own: one subscription for the whole process is enough, see Audience.
    channel_layer_alias = ""

    async def connect(self) -> None:
        self.session_key = self.scope["session"].session_key
        self.newest: str | None = None
        self.tasks: dict[str, asyncio.Task[None]] = {}
        if not await database_sync_to_async(may_watch)(self.session_key):
            await self.close(code=NOT_YOURS)
            return
        try:
            await audience.join(self)
        except (RedisError, OSError) as trouble:
            # Nothing to listen to. The page says that it is paused, asks by itself, and tries again.
            log.debug("live updates are paused: %s", trouble)
            await self.close(code=TRY_LATER)
            return
        await self.accept()
        await self.send(text_data=await latest.get())
        self.tasks["asking"] = asyncio.create_task(self._ask_again())

    async def disconnect(self, code: int) -> None:
        audience.leave(self)
        for task in self.tasks.values():
            task.cancel()

    def tell(self, text: str) -> None:
        """Send the newest text as soon as the one before has gone: who reads slowly sees fewer, never older."""
        self.newest = text
        telling = self.tasks.get("telling")
        if telling is None or telling.done():
            self.tasks["telling"] = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while self.newest is not None:
            text, self.newest = self.newest, None
            try:
                await self.send(text_data=text)
            except Exception as trouble:
                log.debug("a dashboard went away: %s", trouble)
                audience.leave(self)

    async def _ask_again(self) -> None:
        """Close when the session was ended or the role taken away."""
        while True:
            await asyncio.sleep(ASK_AGAIN_EVERY)
            if not await database_sync_to_async(may_watch)(self.session_key):
                await self.close(code=NOT_YOURS)
                return


class Audience:
    """Everybody in this process who watches, and the one subscription they share."""

    def __init__(self) -> None:
        self.watchers: set[LiveConsumer] = set()
        self.listening: asyncio.Task[None] | None = None
        self.joining = asyncio.Lock()

    async def join(self, watcher: LiveConsumer) -> None:
        """Raises what Redis raises when there is nothing to listen to."""
        async with self.joining:
            if self.listening is None or self.listening.done():
                layer = get_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(AUDIENCE, channel)
                redis_trouble.said = False
                self.listening = asyncio.create_task(self._listen(layer, channel))
            elif redis_trouble.said:
                raise RedisError("Redis is away")
            self.watchers.add(watcher)

    def leave(self, watcher: LiveConsumer) -> None:
        self.watchers.discard(watcher)
        if not self.watchers and self.listening is not None:
            self.listening.cancel()
            self.listening = None

    async def _listen(self, layer: Any, channel: str) -> None:
        try:
            while True:
                text = (await layer.receive(channel))["text"]
                latest.keep(text)
                redis_trouble.said = False
                for watcher in tuple(self.watchers):
                    watcher.tell(text)
        finally:
            with contextlib.suppress(RedisError, OSError):
                await layer.group_discard(AUDIENCE, channel)


audience = Audience()
