"""A receiver to try webhooks with: it checks every signature and prints what came."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

LONGEST = 4 * 1024 * 1024


class Receiver(ThreadingHTTPServer):
    """`told` is called with (headers, message) of each message whose signature is right, once per Webhook-Id."""

    request_queue_size = 128  # many senders may knock at once

    def __init__(self, address: tuple[str, int], secret: str, told: Any) -> None:
        super().__init__(address, Door)
        self.webhook, self.told = Webhook(secret), told
        self.seen: set[str] = set()


class Door(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LONGEST))
        headers = dict(self.headers.items())
        try:
            message = self.server.webhook.verify(body, headers)
        except WebhookVerificationError as trouble:
            self._answer(401, f"not accepted: {trouble}")
            return
        name = self.headers["Webhook-Id"]
        if name not in self.server.seen:
            self.server.seen.add(name)
            self.server.told(headers, message)
        self._answer(204, "")

    def _answer(self, status: int, said: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(said.encode())))
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *args: Any) -> None:
        """Only verified messages are worth a line."""


class Command(BaseCommand):
    help = (
        "Receives webhooks on this machine, checks their signatures and prints them. For trying things out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8099)
        parser.add_argument("--secret", required=True, help="the endpoint's secret, whsec_…")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            receiver = Receiver(("127.0.0.1", options["port"]), options["secret"], self._tell)
        except (OSError, ValueError) as trouble:
            raise CommandError(f"Cannot receive here: {trouble}") from trouble
        self.stdout.write(f"Receiving on http://127.0.0.1:{options['port']}/ – Ctrl-C ends it.")
        try:
            receiver.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("")

    def _tell(self, headers: dict[str, str], message: Any) -> None:
        self.stdout.write(
            f"{message['type']}  {message['occurred_at']}  event {message['event_id']}  verified"
        )
        self.stdout.write(json.dumps(message["data"], indent=2, ensure_ascii=False))
