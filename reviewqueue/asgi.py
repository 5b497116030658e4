"""One origin, one port: HTTP on threads (see `bridge.py`), websockets by Channels."""

import gc
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewqueue.settings")
django.setup()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (these need the app registry)
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

from reviewqueue.bridge import Bridge  # noqa: E402
from reviewqueue.urls import websocket_urlpatterns  # noqa: E402

# `make run` starts the web beside the preparing steps, because half of either is loading the code. What comes
# meanwhile waits in the line of the port; nothing is answered before tables and static files are there.
while (preparing := os.environ.get("PREPARING_WHILE_THERE")) and os.path.exists(preparing):
    time.sleep(0.02)

application = ProtocolTypeRouter(
    {
        "http": Bridge(get_wsgi_application(), threads=int(os.environ.get("WEB_THREADS", "4"))),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)

# What is loaded now stays: looking through all of it again and again, for garbage that is not there, was
# part of what each page cost. Requests make their garbage in young objects, which are still looked through.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
