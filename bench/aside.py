"""What a measurement needs beside it, in processes of their own: orders in as JSON, answers out as JSON."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any


class Aside:
    """One process of `python -m bench.<module>`."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"bench.{module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, orders: dict[str, Any], *, last: bool = False) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(orders) + "\n")
        self.process.stdin.flush()
        if last:
            self.process.stdin.close()

    def hear(self) -> Any:
        """The next line it says. Raises when it ended without a word."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.module} ended with status {self.process.wait()}")
        return json.loads(line)

    def finish(self) -> Any:
        """Let it end, and hear its last words."""
        assert self.process.stdin
        assert self.process.stdout
        if not self.process.stdin.closed:
            self.process.stdin.close()
        said = self.process.stdout.read().strip().splitlines()
        self.process.wait()
        return json.loads(said[-1]) if said else None

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def aside(module: str) -> Iterator[Aside]:
    """One that does not outlive its block."""
    one = Aside(module)
    try:
        yield one
    finally:
        one.kill()
