"""Servers of this process, each in a thread of its own. Not a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from threading import Thread

# So often a server looks whether it is to stop; by itself it lets each test wait half a second.
LOOKS_EACH_S = 0.02


@contextmanager
def at_work(server: BaseServer) -> Iterator[None]:
    """Let a server answer for the block."""
    thread = Thread(target=server.serve_forever, args=(LOOKS_EACH_S,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
