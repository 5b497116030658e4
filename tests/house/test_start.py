"""What the web process does before its first answer, and what it leaves to those who need it."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from reviewqueue.embedded.places import PROJECT

SAYS_WHAT_IT_DOES = """
import sys, time
sleep = time.sleep
time.sleep = lambda seconds: (print("waits", flush=True), sleep(seconds))
import reviewqueue.asgi
print("ready", *sorted({name.partition(".")[0] for name in sys.modules}), flush=True)
"""
ONLY_FOR_OTHERS = {"twisted", "autobahn", "httpx", "numpy", "PIL", "cv2", "pyarrow"}


def test_the_web_waits_for_the_preparing_steps_and_loads_only_what_it_needs(tmp_path: Path) -> None:
    preparing = tmp_path / "preparing"
    preparing.touch()
    named = {
        "DATABASE_URL": settings.DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
        "ALLOWED_HOSTS": "localhost",
    }
    web = subprocess.Popen(
        [sys.executable, "-c", SAYS_WHAT_IT_DOES],
        cwd=PROJECT,
        env={**os.environ, **named, "SECRET_KEY": "x" * 50, "PREPARING_WHILE_THERE": str(preparing)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert web.stdout.readline() == "waits\n"
        assert web.poll() is None
        preparing.unlink()
        said = [line for line in web.stdout if line != "waits\n"]
    finally:
        web.kill()
        web.wait()
    loaded = set(said[0].split()[1:])
    assert "django" in loaded
    assert loaded & ONLY_FOR_OTHERS == set()
