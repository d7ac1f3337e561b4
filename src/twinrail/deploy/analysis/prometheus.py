"""What a Prometheus knows of a release's answers: how many, how many failed, and the durations by buckets."""

import json
import math
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twinrail.deploy.interface import Samples
from twinrail.project.strategies import Analysis
from twinrail.system.errors import ToolError

_TIMEOUT = 10.0


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """A Prometheus at `url`.

    Attributes:
        query: the series of the buckets of a release; `{release}` stands for its name.
        failures: the series that counts its failed requests.
        now: seconds since 1970.
    """

    url: str
    query: str
    failures: str
    now: Callable[[], float] = time.time

    @classmethod
    def of(cls, analysis: Analysis) -> "Prometheus":
        """The one that the settings name."""
        return cls(url=analysis.prometheus, query=analysis.query, failures=analysis.failures)

    def samples(self, release: str, since: float, *, probes: bool) -> Samples:  # noqa: ARG002  # its series count all
        """What it saw of a release's answers since then, in seconds since 1970.

        Raises:
            ToolError: nobody answers there, the query is wrong, or what it finds are no buckets.
        """
        range_ = f"[{max(math.ceil(self.now() - since), 1)}s]"
        series, failures = (each.replace("{release}", release) for each in (self.query, self.failures))
        found = self._ask(f"sum by (le) (increase({series}{range_}))")
        buckets = self._buckets(found, series)
        failed = self._ask(f"sum(increase({failures}{range_}))")
        return Samples(requests=sum(buckets.values()), errors=round(sum(map(_value, failed))), buckets=buckets)

    def _buckets(self, found: list[Any], series: str) -> Mapping[float, int]:
        try:
            upto = sorted((float(each["metric"]["le"]), _value(each)) for each in found)
        except (KeyError, ValueError) as error:
            raise ToolError(f"What {self.url} finds for {series} are no buckets: no label `le` of a number.") from error
        below = [0.0, *(count for _, count in upto)]
        return {bound: max(round(count) - round(less), 0) for (bound, count), less in zip(upto, below, strict=False)}

    def _ask(self, query: str) -> list[Any]:
        if urllib.parse.urlsplit(self.url).scheme not in {"http", "https"}:
            raise ToolError(f"{self.url} is not an address of HTTP.", todo="Set analysis.prometheus.")
        address = f"{self.url.rstrip('/')}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        request = urllib.request.Request(address, headers={"User-Agent": "twinrail"})  # noqa: S310  # checked above
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  # nosec B310
                said = json.load(answer)
        except urllib.error.HTTPError as error:
            raise ToolError(f"The Prometheus at {self.url} refuses {query}: {_reason(error)}.") from error
        except (OSError, ValueError) as error:
            why = getattr(error, "reason", error)
            raise ToolError(f"There is no Prometheus at {self.url}: {why}.", todo="Set analysis.prometheus.") from error
        return list(said["data"]["result"])


def _value(result: Mapping[str, Any]) -> float:
    number = float(result["value"][1])
    return number if math.isfinite(number) else 0.0


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError, TypeError):
        return f"{error.code} {error.reason}"
