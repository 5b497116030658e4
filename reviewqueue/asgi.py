"""One origin, one port: HTTP as threaded WSGI inside ASGI, websockets by Channels.

Native ASGI would give every synchronous view a new thread and so a new database
connection; a2wsgi keeps its threads, and with them the connections.
"""

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewqueue.settings")
http = get_wsgi_application()

from reviewqueue.urls import websocket_urlpatterns  # noqa: E402  (needs the app registry)

threaded = WSGIMiddleware(http, workers=int(os.environ.get("WEB_THREADS", "8")))  # type: ignore[arg-type]


async def http_application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """a2wsgi asks for coroutines where granian gives other awaitables: meet in the middle."""

    async def receive_coroutine() -> Any:
        return await receive()

    async def send_coroutine(message: Any) -> None:
        await send(message)

    await threaded(scope, receive_coroutine, send_coroutine)  # type: ignore[arg-type]


application = ProtocolTypeRouter(
    {
        "http": http_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
