import threading

import pytest

from apps.delivery.operations import add_endpoint
from apps.ledger.operations import drain
from apps.queues.operations import claim_next
from apps.wellbeing.operations import start_shift
from reviewqueue.management.commands.webhook_receiver import Door, Receiver
from tests import make


@pytest.fixture
def house(db):
    make.house()


@pytest.fixture
def mara(house, moderator):
    start_shift(actor=moderator)
    return moderator


@pytest.fixture
def take():
    return lambda actor: claim_next(actor=actor).claim_id


class Platform:
    """A receiver in a thread: what it was told, and how it answers (`answers`: statuses to give first)."""

    def __init__(self):
        self.told, self.answers, self.calls = [], [], []
        platform = self

        class Watched(Door):
            def do_POST(self):
                platform.calls.append(dict(self.headers.items()))
                if platform.answers:
                    self.rfile.read(int(self.headers["Content-Length"]))
                    self._answer(platform.answers.pop(0), "")
                else:
                    super().do_POST()

        self.server = Receiver(
            ("127.0.0.1", 0), "whsec_" + "A" * 32, lambda _, message: self.told.append(message)
        )
        self.server.RequestHandlerClass = Watched
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def trust(self, endpoint):
        from standardwebhooks import Webhook

        self.server.webhook = Webhook(endpoint.secret)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def kinds(self):
        return sorted(message["type"] for message in self.told)


@pytest.fixture
def platform(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = ["127.0.0.1"]
    running = Platform()
    yield running
    running.close()


@pytest.fixture
def endpoint(house, platform):
    """An endpoint at that platform, told of everything."""
    made = add_endpoint(actor=None, name="Platform", url=platform.url)
    platform.trust(made)
    return made


@pytest.fixture
def keep_up():
    def hand_over():
        while drain():
            pass

    return hand_over
