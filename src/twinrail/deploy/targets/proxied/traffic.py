"""Where traffic goes, changed by whoever holds the lease: each change passes the fence, and is seen by the proxy."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from twinrail.deploy.fence import Fence
from twinrail.deploy.moves import Steer
from twinrail.deploy.release import version_of
from twinrail.deploy.targets.proxied.backend import Backend, Front
from twinrail.system.errors import MoveFailed


@dataclass(frozen=True, kw_only=True)
class Traffic(ABC):
    """The traffic through `proxy`, in the hands of whoever holds the lease `number`."""

    proxy: Front
    fence: Fence
    number: int

    @abstractmethod
    def there(self) -> list[Backend]:
        """Who may get traffic, oldest first."""

    def route(self, shares: Mapping[str, float], steering: Steer | None = None) -> None:
        """Traffic goes to the healthy instances by their releases' shares.

        Raises:
            MoveFailed: the proxy does not take the routes.
            LeaseLost: the lease has passed to someone else.
        """
        with self.fence.guard(self.number):
            self.proxy.begin()
            self.proxy.write(self.there(), dict(shares), steering)
        self.proxy.await_seen()

    def ensure(self) -> None:
        """The proxy runs; one that died is started with the routes that it had.

        Raises:
            PlaceTaken: someone else listens on its port.
            MoveFailed: it does not come up.
            LeaseLost: the lease has passed to someone else.
        """
        with self.fence.guard(self.number):
            begun = self.proxy.begin()
        if begun:
            self.proxy.await_seen()

    def shift(self, shares: Mapping[str, float]) -> None:
        """Each release gets its share of the traffic.

        Raises:
            MoveFailed: no instance of one that is to get some is healthy, or the proxy does not take the routes.
            LeaseLost: the lease has passed to someone else.
        """
        there = {each.release for each in self.there() if each.healthy}
        for release, share in shares.items():
            if share and release not in there:
                raise MoveFailed(f"No instance of {version_of(release)} is healthy: no traffic can go there.")
        self.route(shares)

    def leave(self, going: set[str]) -> None:
        """Those of that name leave the traffic; who stays shares what they had. Within the fence.

        Args:
            going: names of backends.
        """
        staying = [each for each in self.there() if each.name not in going]
        there = {each.release for each in staying}
        shares = {name: share for name, share in self.proxy.shares().items() if name in there}
        self.proxy.begin()
        self.proxy.write(staying, shares)
