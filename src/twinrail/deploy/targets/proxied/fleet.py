"""The instances of an environment, in and out of the routes: up until healthy, ended after they left the traffic."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Generic

from twinrail.deploy.interface import Address
from twinrail.deploy.last_words import last_words
from twinrail.deploy.probe import get
from twinrail.deploy.targets.proxied.backend import B, Backend, Backends, L, Launching
from twinrail.deploy.targets.proxied.routes import INSTANCE
from twinrail.deploy.targets.proxied.traffic import Traffic
from twinrail.project.environments import Environment
from twinrail.project.settings import Service
from twinrail.system.errors import Interrupted, MoveFailed
from twinrail.system.shell import Shell


@dataclass(frozen=True, kw_only=True)
class Fleet(Traffic, Generic[B, L]):
    """The instances behind the proxy, in the hands of whoever holds the lease.

    Attributes:
        interrupted: set when somebody pressed Ctrl-C; waiting ends then.
    """

    instances: Backends[B, L]
    programs: Launching[L]
    service: Service
    environment: Environment
    shell: Shell
    interrupted: Flag

    def there(self) -> list[Backend]:
        """Who may get traffic, oldest first."""
        return list(self.instances.answering())

    def start(self, release: str, count: int, *, former: bool = False) -> None:
        """At least `count` healthy instances of the release run, with the settings of now; others run on.

        With `former` whoever runs counts, and who is missing is started as the release ran before.

        Raises:
            MoveFailed: one did not become healthy.
            Interrupted: somebody pressed Ctrl-C.
            LeaseLost: the lease has passed to someone else.
        """
        # Whoever was ending them died over it.
        self._retire([each for each in self._of(release, self.instances.noted()) if each.going])
        launch = self.programs.former(release) if former else self.programs.now
        # On a way back it is enough that one serves: what is missing of it may not start at all today.
        able = self.instances.answering() if former else self.instances.all()
        there = [each for each in self._of(release, able) if former or each.settings == launch.settings]
        # One that dies at once is waited for too: its end is to be told, not to be tried again.
        started = [self._start_one(release, launch) for _ in range(count - len(there))]
        waiting = [*(each for each in there if not each.healthy), *started]
        self.route(self.proxy.shares())
        for instance in waiting:
            self._until_healthy(instance)
            with self.fence.guard(self.number):
                self.instances.write(replace(instance, healthy=True))
        self.route(self.proxy.shares())

    def stop(self, release: str, keep: int, *, former: bool = False) -> None:
        """At most `keep` instances of the release run: those with the settings of now, or those that ran first.

        Raises:
            LeaseLost: the lease has passed to someone else.
        """
        running = self._of(release, self.instances.noted())
        whole, answering = self.instances.all(), self.instances.answering()
        able = [each for each in running if each in answering and not each.going]
        now = "" if former else self.programs.now.settings
        able.sort(key=lambda each: (each not in whole, bool(now) and each.settings != now))
        staying = able[:keep]
        self._retire([each for each in running if each not in staying])
        self.programs.keep(release, {each.settings for each in staying})

    def end(self, going: Sequence[B]) -> None:
        """Instances that have left the traffic end, all at once: each may have people to serve until it does."""
        with ThreadPoolExecutor(max(len(going), 1)) as pool:
            for _ in pool.map(self._end_one, going):
                pass

    def _end_one(self, instance: B) -> None:
        if not self.instances.end(instance, within=self.environment.drain):
            self.shell.say(f"warning: {instance.name} did not end within {self.environment.drain:g} s and was killed")

    @staticmethod
    def _of(release: str, there: Sequence[B]) -> list[B]:
        return [each for each in there if each.release == release]

    def _start_one(self, release: str, launch: L) -> B:
        with self.fence.guard(self.number):
            self.programs.remember(release, launch)
            return self.instances.start(release, launch)

    def _until_healthy(self, instance: B) -> None:
        address = Address(url=self.proxy.url, headers={INSTANCE: instance.name})
        end = time.monotonic() + self.environment.start
        for route in (self.service.health, self.service.ready):
            while (reply := get(address, route, timeout=2.0)).status != 200:  # noqa: PLR2004
                if not reply.status:
                    self.ensure()  # the proxy's death says nothing of the release
                dead = instance not in self.instances.all()
                if dead or time.monotonic() > end:
                    raise MoveFailed(self._unhealthy(instance, f"{route} said {reply}", dead=dead))
                if self.interrupted.wait(0.05):
                    raise Interrupted(f"Interrupted while {instance.name} was starting.")

    def _unhealthy(self, instance: B, last: str, *, dead: bool) -> str:
        fate = "ended by itself" if dead else f"was not healthy after {self.environment.start:g} s"
        said, hide = self.instances.words(instance), self.programs.hide(instance.release)
        lines = [hide(line) for line in said.lines]
        # What the proxy says for a dead one is no cause.
        cause = (last_words(lines)[-1:] or (hide(last),))[0] if dead else hide(last)
        words = "\n".join(f"    {line}" for line in lines) or "    (nothing)"
        return f"{instance.name} {fate}: {cause.strip().rstrip('.')}.\n  Its last words ({said.log}):\n{words}"

    def _retire(self, going: Sequence[B]) -> None:
        if not going:
            return
        with self.fence.guard(self.number):
            for instance in going:
                self.instances.write(replace(instance, healthy=False, going=True))
            self.leave({each.name for each in going})
        self.proxy.await_seen()
        self.end(going)
