"""The performance gate: a load by Locust, and what the release must stand under it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from twinrail.deploy.interface import Address, Answer, Open, Shut
from twinrail.deploy.release import Release
from twinrail.project.environments import Performance
from twinrail.report.events import Reading
from twinrail.session.work import Work
from twinrail.system.units import show_duration, show_share


@dataclass(frozen=True, kw_only=True)
class PerformanceGate:
    """The service at `address` stands the load that `load` describes."""

    load: Performance
    address: Address
    work: Work
    name: ClassVar[str] = "performance"

    def ask(self, release: Release) -> Answer:  # noqa: ARG002  # the address leads to it
        """Shut when a threshold is missed, when nothing was answered, or when there is no load to ask with."""
        file = self.work.project.root / self.load.file
        if not file.is_file():
            return Shut(note=f"there is no Locust file {self.load.file}")
        readings = judge(self._measure(file), self.load)
        missed = [reading for reading in readings if reading.ok is False]
        note = ", ".join(f"{each.name} {each.value} ({each.limit})" for each in missed)
        if missed:
            return Shut(note=note, readings=readings)
        told = {each.name: each.value for each in readings}
        return Open(note=f"{self.load.users} users: p95 {told['p95']}, {told['errors']} errors", readings=readings)

    def _measure(self, file: Path) -> list[dict[str, Any]]:
        report = self.work.report("load")
        locust = self.work.tools.standing_alone("locust", lock="load")
        words = (
            "--headless", "--only-summary", "--skip-log", "--exit-code-on-error=0",
            f"--users={self.load.users}", f"--spawn-rate={self.load.users}",
            f"--run-time={_seconds(self.load)}s", "--stop-timeout=5",
            f"--locustfile={file}", f"--host={self.address.url}", f"--json-file={report}",
        )  # fmt: skip
        self.work.shell.run(locust.command(*words, cwd=self.work.project.root))
        statistics: list[dict[str, Any]] = json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))
        return statistics


def judge(statistics: list[dict[str, Any]], load: Performance) -> tuple[Reading, ...]:
    """The readings of Locust's statistics (one entry a route) held against the thresholds."""
    requests = sum(each["num_requests"] for each in statistics)
    failures = sum(each["num_failures"] for each in statistics)
    share = failures / requests if requests else 1.0
    p95 = quantile(statistics, 0.95)
    per_second = requests / _seconds(load)
    return (
        Reading(name="requests", value=str(requests), limit="≥ 1", ok=requests > 0),
        Reading(
            name="p95",
            value=show_duration(p95),
            limit=f"≤ {show_duration(load.p95)}" if load.p95 is not None else "",
            ok=None if load.p95 is None else requests > 0 and p95 <= load.p95,
        ),
        Reading(
            name="errors",
            value=f"{failures} of {requests} ({show_share(share)})",
            limit=f"≤ {show_share(load.errors)}",
            ok=share <= load.errors,
        ),
        Reading(
            name="throughput",
            value=f"{per_second:.0f}/s",
            limit=f"≥ {load.throughput:g}/s" if load.throughput else "",
            ok=per_second >= load.throughput if load.throughput else None,
        ),
    )


def quantile(statistics: list[dict[str, Any]], share: float) -> float:
    """The response time, in seconds, within which `share` of all requests were answered."""
    counts: dict[float, int] = {}
    for each in statistics:
        for milliseconds, count in each["response_times"].items():
            counts[float(milliseconds)] = counts.get(float(milliseconds), 0) + count
    left = share * sum(counts.values())
    for milliseconds in sorted(counts):
        left -= counts[milliseconds]
        if left <= 0:
            return milliseconds / 1000
    return 0.0


def _seconds(load: Performance) -> int:
    # Locust knows whole seconds only.
    return max(round(load.duration), 1)
