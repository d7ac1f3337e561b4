"""The watcher of invariants: at every change of the routes and every end of a process, what has traffic can serve.

It looks at the routes' file every 2 ms, by its inode and time, and counts the numbers of the versions that it read:
one that was overwritten unread is counted as missed. The end of a process it learns from the system (a pidfd), that of
a container from what is written down of it. Whether an instance is healthy it asks the instance itself, past the proxy.
"""

import contextlib
import http.client
import json
import os
import queue
import select
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.routing import Routing, read

EVERY = 2
"""How often it looks, in milliseconds."""
PATIENCE = 10.0
"""How long an instance may take to say that it is healthy, in seconds: a busy one answers late."""


@dataclass
class Seen:
    """What was seen.

    Attributes:
        changes: versions of the routes that were read.
        missed: versions that were overwritten before they could be read.
        ends: instances that ended.
        asked: how often the instances that have traffic were asked for their health.
        overtaken: questions to whose routes there was no time: newer ones came first.
        shares: when each version was read, in seconds since 1970, and the weights in it.
        faults: what was wrong.
    """

    changes: int = 0
    missed: int = 0
    ends: int = 0
    asked: int = 0
    overtaken: int = 0
    shares: list[tuple[float, dict[str, int]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


Asking = Callable[[str, str], bool]
"""Whether the instance of a release at a URL is healthy."""


def by_its_port(_: str, url: str) -> bool:
    """Asks a process of this machine."""
    return healthy(urlsplit(url).port or 0, {})


class Watcher:
    """Watches the instances in `folder` that `routes`, a file, leads to; `ask` tells which are healthy."""

    def __init__(self, folder: Path, routes: Path, ask: Asking = by_its_port) -> None:
        self.folder, self.routes, self.ask, self.seen = folder, routes, ask, Seen()
        self._routing: Routing | None = None
        self._file = self._table = (0, 0)
        self._handles: set[int] = set()
        self._known: set[tuple[str, int]] = set()
        self._poll = select.poll()
        self._ending = threading.Event()
        self._questions: queue.Queue[Routing | None] = queue.Queue()

    @contextlib.contextmanager
    def watching(self) -> Iterator[Seen]:
        """It watches while the block runs."""
        threads = [threading.Thread(target=self._minded, args=(each,)) for each in (self._look, self._ask)]
        for thread in threads:
            thread.start()
        try:
            yield self.seen
        finally:
            self._ending.set()
            threads[0].join()
            self._questions.put(None)
            threads[1].join()
            for handle in self._handles:
                os.close(handle)

    def _minded(self, task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:
            self.seen.faults.append(f"the watcher fell over: {type(error).__name__}: {error}")
            raise

    def _look(self) -> None:
        while not self._ending.is_set():
            self._see_instances()
            self._see_routes()
            for handle, _ in self._poll.poll(EVERY):
                self._poll.unregister(handle)
                os.close(handle)
                self._handles.remove(handle)
                self._end()

    def _see_routes(self) -> None:
        if (mark := _mark(self.routes)) == self._file:
            return
        try:
            routing = read(self.routes)
        except FileNotFoundError:
            # An engine takes a file away before it lays the next one there at once.
            return
        self._file = mark
        if self._routing and routing.number > self._routing.number + 1:
            self.seen.missed += routing.number - self._routing.number - 1
        before, self._routing = self._routing, routing
        self.seen.changes += 1
        self.seen.shares.append((time.time(), dict(routing.weights)))
        self.seen.faults += routing.faults()
        if before and before.weights and not routing.weights:
            self.seen.faults.append(f"routes {routing.number}: nobody has traffic any more")
        self._questions.put(routing)

    def _see_instances(self) -> None:
        folder = self.folder
        if (mark := _mark(folder)) == self._table:
            return
        self._table = mark
        there = {path.name for path in folder.glob("*.json")}
        for name in there:
            # A file that goes, and a process that is gone already, are seen at the next look.
            with contextlib.suppress(OSError, ValueError):
                self._see_instance(name, json.loads((folder / name).read_text(encoding="utf-8")))
        for _ in {name for name, pid in self._known if not pid} - there:
            self._end()
        self._known = {(name, pid) for name, pid in self._known if pid or name in there}

    def _see_instance(self, name: str, told: dict[str, Any]) -> None:
        # One that ended may stand there for a while, and its process too, until somebody buries it.
        pid = told.get("pid", 0)
        if (name, pid) in self._known or ("pid" in told and not pid):
            return
        if pid:
            handle = os.pidfd_open(pid)
            self._handles.add(handle)
            self._poll.register(handle, select.POLLIN)
        self._known.add((name, pid))

    def _end(self) -> None:
        self.seen.ends += 1
        self._questions.put(self._routing)

    def _ask(self) -> None:
        while (routing := self._questions.get()) is not None:
            for release, urls in routing.servers.items():
                self.seen.asked += 1
                if not any(self.ask(release, url) for url in urls):
                    if self._routing and self._routing.number > routing.number:
                        self.seen.overtaken += 1
                    else:
                        self.seen.faults.append(f"routes {routing.number}: no instance of {release} is healthy")


def _mark(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_ino, found.st_mtime_ns)


def healthy(port: int, headers: Mapping[str, str], route: str = "/healthz") -> bool:
    """Whether what listens on a port of this machine says, asked with those headers, that it is healthy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", route, headers=dict(headers))
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
