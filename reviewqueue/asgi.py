"""One origin, one port: HTTP on threads (see `bridge.py`), websockets by Channels."""

import gc
import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewqueue.settings")
http = get_wsgi_application()

from reviewqueue.bridge import Bridge  # noqa: E402  (needs the app registry)
from reviewqueue.urls import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": Bridge(http, threads=int(os.environ.get("WEB_THREADS", "8"))),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)

# What is loaded now stays: looking through all of it again and again, for garbage that is not there, was
# part of what each page cost. Requests make their garbage in young objects, which are still looked through.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
