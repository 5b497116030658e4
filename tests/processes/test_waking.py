"""When a commit wakes a worker, and when that is not needed."""

import pytest
import redis

from reviewqueue import jobs, wiring


class Line:
    """Redis as far as waking needs it: whether the flag is up, and how often it was asked."""

    def __init__(self) -> None:
        self.asked, self.up, self.away = 0, False, False

    def set(self, *_, **__):
        self.asked += 1
        if self.away:
            raise redis.ConnectionError
        if self.up:
            return None
        self.up = True
        return True


@pytest.fixture
def line(monkeypatch):
    found = Line()
    found.begun, found.clock = 0, 1000.0

    def begin():
        found.begun += 1

    monkeypatch.setattr(wiring, "_line", lambda: found)
    monkeypatch.setattr(wiring, "_woken", float("-inf"))
    monkeypatch.setattr(wiring.time, "monotonic", lambda: found.clock)
    monkeypatch.setattr(jobs.drain_relay, "delay", begin)
    return found


def test_who_had_a_drain_begun_does_not_ask_again_while_it_gathers(line):
    for _ in range(5):
        wiring.wake_relay()
        line.clock += 0.05
    assert (line.asked, line.begun) == (1, 1)


def test_a_commit_a_drain_may_not_see_any_more_wakes_the_next(line):
    wiring.wake_relay()
    line.up = False  # taken down when the gathering ends
    line.clock += wiring.GATHER_SECONDS
    wiring.wake_relay()
    assert (line.asked, line.begun) == (2, 2)


def test_what_another_process_has_begun_is_not_relied_on(line):
    line.up = True
    wiring.wake_relay()
    line.up = False
    wiring.wake_relay()
    assert (line.asked, line.begun) == (2, 1)


def test_nothing_is_remembered_while_redis_is_away(line):
    line.away = True
    wiring.wake_relay()
    line.away = False
    wiring.wake_relay()
    assert (line.asked, line.begun) == (2, 1)


def test_a_drain_that_could_not_be_queued_is_not_remembered(line, monkeypatch):
    def refused():
        raise redis.ConnectionError

    monkeypatch.setattr(jobs.drain_relay, "delay", refused)
    wiring.wake_relay()
    line.up = False
    wiring.wake_relay()
    assert line.asked == 2
