"""The websocket: who may watch, what they are sent, and what happens when Redis is away."""

import asyncio
import itertools
import json
import logging
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.utils.timezone import now
from redis.exceptions import ConnectionError as RedisIsAway

from apps.insight import consumers, jobs
from apps.insight.access import may_watch
from apps.insight.consumers import LiveConsumer
from apps.insight.models import Pulse
from apps.insight.operations import AT_MOST_EVERY, fold, raise_pulse
from apps.insight.parts import AUDIENCE
from tests.patience import PATIENCE


@pytest.fixture(autouse=True)
def _nothing_seen_yet(monkeypatch):
    monkeypatch.setattr(consumers, "latest", consumers.Latest())
    monkeypatch.setattr(consumers, "audience", consumers.Audience())
    # The original closes the connection afterwards, and with it the transaction of the test.
    monkeypatch.setattr(consumers, "database_sync_to_async", sync_to_async)


class Socket(WebsocketCommunicator):
    """Its own patience is a second, which a busy machine may need for one answer."""

    async def connect(self, timeout=PATIENCE):
        return await super().connect(timeout)

    async def receive_output(self, timeout=PATIENCE):
        return await super().receive_output(timeout)

    async def receive_from(self, timeout=PATIENCE):
        return await super().receive_from(timeout)

    async def disconnect(self, code=1000, timeout=PATIENCE):
        return await super().disconnect(code, timeout)


def socket_of(client):
    """The websocket of a signed-in test client."""

    class Session:
        session_key = client.session.session_key

    socket = Socket(LiveConsumer.as_asgi(), "/ws/live/")
    socket.scope["session"] = Session
    return socket


def test_whoever_may_watch_is_sent_the_numbers_at_once(signed_in, reported, keep_up):
    reported(2)
    keep_up()
    socket = socket_of(signed_in("supervisor"))

    @async_to_sync
    async def watch():
        connected, _ = await socket.connect()
        assert connected
        message = json.loads(await socket.receive_from())
        await socket.disconnect()
        return message

    message = watch()
    assert (message["topic"], message["cells"]["total.waiting"]) == ("board", "2")
    assert set(message["charts"]) == {"minutes", "hours"}


@pytest.mark.parametrize("who", ["moderator", "senior", "policy", "wellbeing", "legal"])
def test_others_are_not_let_in(signed_in, house, who):
    socket = socket_of(signed_in(who))

    @async_to_sync
    async def knock():
        return await socket.connect()

    assert knock() == (False, consumers.NOT_YOURS)


def test_a_session_that_ended_or_lost_its_role_may_not_watch(signed_in, supervisor):
    client = signed_in(supervisor)
    key = client.session.session_key
    assert may_watch(key) is True
    supervisor.roles = ["moderator"]
    supervisor.save()
    assert may_watch(key) is False
    supervisor.roles = ["supervisor"]
    supervisor.save()
    assert may_watch(key) is True
    supervisor.set_password("another evening")
    supervisor.save()
    assert may_watch(key) is False, "the password was changed"
    client = signed_in(supervisor)
    key = client.session.session_key
    client.logout()
    assert may_watch(key) is False
    assert may_watch(None) is False


def test_a_page_that_stays_open_is_closed_when_its_session_ends(signed_in, house, monkeypatch):
    monkeypatch.setattr(consumers, "ASK_AGAIN_EVERY", 0.05)
    client = signed_in("supervisor")
    socket = socket_of(client)

    @async_to_sync
    async def watch():
        await socket.connect()
        await socket.receive_from()
        await sync_to_async(client.logout)()
        return await socket.receive_output()

    assert watch() == {"type": "websocket.close", "code": consumers.NOT_YOURS}


def test_a_change_reaches_everybody_as_the_same_text(signed_in, house):
    sockets = [socket_of(signed_in(who)) for who in ("supervisor", "admin")]

    @async_to_sync
    async def watch():
        for socket in sockets:
            await socket.connect()
            await socket.receive_from()
        await get_channel_layer().group_send(AUDIENCE, {"type": "board.changed", "text": '{"topic":"board"}'})
        said = [await socket.receive_from() for socket in sockets]
        for socket in sockets:
            await socket.disconnect()
        return said

    assert watch() == ['{"topic":"board"}'] * 2


def test_who_reads_slowly_sees_fewer_never_older(signed_in, house):
    class Slow(LiveConsumer):
        said = []
        reads = asyncio.Event()

        async def send(self, text_data=None, bytes_data=None, close=False):
            await self.reads.wait()
            self.said.append(text_data)

    @async_to_sync
    async def watch():
        slow = Slow()
        slow.newest, slow.tasks = None, {}
        slow.tell("1")
        await asyncio.sleep(0)
        for text in ("2", "3", "4"):
            slow.tell(text)
        Slow.reads.set()
        await slow.tasks["telling"]
        return Slow.said

    assert watch() == ["1", "4"]


def test_one_subscription_serves_everybody_and_ends_with_the_last(signed_in, house):
    sockets = [socket_of(signed_in("supervisor")) for _ in range(3)]

    @async_to_sync
    async def watch():
        layer = get_channel_layer()
        for socket in sockets:
            await socket.connect()
            await socket.receive_from()
        subscribed = len(layer.groups[AUDIENCE])
        for socket in sockets:
            await socket.disconnect()
        while layer.groups.get(
            AUDIENCE
        ):  # the last one's leaving is a task of its own; for ever would be a hang
            await asyncio.sleep(0.01)
        return subscribed, len(layer.groups.get(AUDIENCE, {}))

    assert watch() == (1, 0)


def test_who_connects_next_is_sent_what_the_process_last_saw_without_a_question(
    signed_in, house, django_assert_num_queries
):
    consumers.latest.keep('{"topic":"board","at":1}')
    socket = socket_of(signed_in("supervisor"))

    @async_to_sync
    async def watch():
        await socket.connect()
        said = await socket.receive_from()
        await socket.disconnect()
        return said

    with django_assert_num_queries(2):  # the session and its person
        assert watch() == '{"topic":"board","at":1}'


def test_without_redis_the_socket_is_closed_and_the_page_asks_by_itself(signed_in, house, monkeypatch):
    async def away(*args):
        raise RedisIsAway("Redis is away")

    socket = socket_of(signed_in("supervisor"))

    @async_to_sync
    async def knock():
        monkeypatch.setattr(get_channel_layer(), "group_add", away)
        return await socket.connect()

    assert knock() == (False, consumers.TRY_LATER)


def test_a_page_opened_while_redis_is_known_to_be_away_is_not_told_that_it_is_live(
    signed_in, house, monkeypatch
):
    first, second = (socket_of(signed_in("supervisor")) for _ in range(2))

    @async_to_sync
    async def watch():
        await first.connect()
        monkeypatch.setattr(consumers.redis_trouble, "said", True)
        refused = await second.connect()
        await first.disconnect()
        return refused

    assert watch() == (False, consumers.TRY_LATER)


def test_the_absence_of_redis_is_said_once_until_it_is_back(caplog, monkeypatch):
    monkeypatch.setattr(consumers.redis_trouble, "said", False)
    layer_log = logging.getLogger("channels_redis.pubsub")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            try:
                raise RedisIsAway("Error 111")
            except RedisIsAway:
                layer_log.exception("Unexpected exception in receive task")
    assert [record.getMessage() for record in caplog.records] == [
        "Redis is away: live updates are paused, and pages ask by themselves."
    ]


class Layer:
    def __init__(self):
        self.sent = []

    async def group_send(self, group, message):
        self.sent.append((group, json.loads(message["text"])))


@pytest.fixture
def layer(monkeypatch):
    heard = Layer()
    monkeypatch.setattr(jobs, "get_channel_layer", lambda: heard)
    return heard


def test_a_change_is_told_once_whoever_looks_first(layer, reported, keep_up, monkeypatch):
    monkeypatch.setattr(jobs, "AT_MOST_EVERY", timedelta(0))
    reported()
    keep_up()
    assert [jobs.tell_dashboards() for _ in range(3)] == [True, False, False]
    ((group, message),) = layer.sent
    assert (group, message["cells"]["total.waiting"]) == (AUDIENCE, "1")


def test_a_flood_of_changes_is_told_a_few_times_a_second(layer, house):
    fold()
    told_at = []
    end = now() + timedelta(seconds=1)
    while now() < end:
        raise_pulse()
        if jobs.tell_dashboards():
            told_at.append(Pulse.objects.get().pushed_at)
    assert told_at
    gaps = [later - earlier for earlier, later in itertools.pairwise(told_at)]
    assert all(gap > AT_MOST_EVERY for gap in gaps)


def test_when_redis_is_away_telling_fails_and_the_next_round_tries_again(house, monkeypatch):
    class Away:
        async def group_send(self, group, message):
            raise RedisIsAway("Redis is away")

    monkeypatch.setattr(jobs, "get_channel_layer", lambda: Away())
    monkeypatch.setattr(jobs, "AT_MOST_EVERY", timedelta(0))
    raise_pulse()
    with pytest.raises(RedisIsAway):
        jobs.tell_dashboards()
    heard = Layer()
    monkeypatch.setattr(jobs, "get_channel_layer", lambda: heard)
    raise_pulse()
    assert jobs.tell_dashboards() is True
    assert len(heard.sent) == 1


def test_shifts_and_breaks_change_what_dashboards_show(mara, keep_up):
    from apps.wellbeing.operations import start_break

    keep_up()
    before = Pulse.objects.get().version
    start_break(actor=mara)
    keep_up()
    assert Pulse.objects.get().version == before + 1
