"""Freeze windows: when nothing new sets out, in a zone's own time, every week or once."""

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, WithJsonSchema

from twinrail.project.scalars import show
from twinrail.system.guess import did_you_mean

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""The days of a week, as a weekly window names them."""

_EXAMPLES = ("Fri 16:00 - Mon 08:00 Europe/Berlin", "2026-12-23 18:00 - 2027-01-02 08:00 Europe/Berlin")
_DAY, _DATE, _TIME = f"(?:{'|'.join(DAYS)})", r"2\d{3}-\d{2}-\d{2}", r"(?:[01]\d|2[0-3]):[0-5]\d"
_WEEKLY, _ONCE = rf"{_DAY}\s+{_TIME}", rf"{_DATE}(?:\s+{_TIME})?"
_PATTERN = rf"^(?:{_WEEKLY}\s+-\s+{_WEEKLY}|{_ONCE}\s+-\s+{_ONCE})\s+[A-Za-z][A-Za-z0-9_+/-]*$"

_WEEK = timedelta(days=7)
_MONDAY = datetime(2001, 1, 1)  # noqa: DTZ001  # a time of the week, of whatever zone
_OF_THIS_MACHINE = {"localtime", "Factory"}
"""What some systems list among the zones, and what means another one on the next machine, or none."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """A time in which nothing new sets out.

    Attributes:
        text: as it stands in the settings.
        begin: when it begins, by the zone's own clocks; of a weekly one, in a week like any other.
        end: when it is over, by the zone's own clocks.
        zone: whose clocks.
        weekly: whether it comes again every seven days.
    """

    text: str
    begin: datetime
    end: datetime
    zone: ZoneInfo
    weekly: bool

    @classmethod
    def parse(cls, text: str) -> "Window":
        """The window that `text` means.

        Raises:
            ValueError: it means none; the error says why, with a guess.
        """
        if not re.fullmatch(_PATTERN, text):
            raise ValueError(_no_window(text))
        span, zone = text.rsplit(maxsplit=1)
        begin, end = map(str.split, re.split(r"\s-\s", span))
        weekly = begin[0] in DAYS
        try:
            times = [_time_of_week(*each) if weekly else _time(*each) for each in (begin, end)]
        except ValueError:
            raise ValueError(f"{show(text)} names a day that is in no calendar") from None
        if times[1] <= times[0] and not weekly:
            raise ValueError(f"{show(text)} is over before it begins")
        if times[1] == times[0]:
            raise ValueError(f"{show(text)} begins and ends at the same time")
        if times[1] < times[0]:
            times[1] += _WEEK
        return cls(text=text, begin=times[0], end=times[1], zone=_zone(text, zone), weekly=weekly)

    def frozen_until(self, now: float) -> float | None:
        """When the window that holds at `now` is over; None where none does. All in seconds since 1970."""
        return max((end for begin, end in self._near(now) if begin <= now < end), default=None)

    def _near(self, now: float) -> Iterator[tuple[float, float]]:
        local = datetime.fromtimestamp(now, self.zone).replace(tzinfo=None)
        week = (local - self.begin) // _WEEK if self.weekly else 0
        for number in (week, week + 1) if self.weekly else (0,):
            shift = number * _WEEK
            yield _instant(self.begin + shift, self.zone, last=False), _instant(self.end + shift, self.zone, last=True)


def open_again(windows: Sequence[Window], now: float) -> tuple[float, tuple[Window, ...]] | None:
    """When the first moment comes that is in none of `windows`, and those that lead there; None if `now` is one.

    One window may begin before another is over. Times are in seconds since 1970.
    """
    until, through = now, dict[Window, None]()
    # Each one that comes once leads on once; between two of them, each weekly one does.
    for _ in range((len(windows) + 1) ** 2):
        ends = [(end, each) for each in windows if (end := each.frozen_until(until)) is not None]
        if not ends:
            break
        until, longest = max(ends, key=lambda each: each[0])
        through[longest] = None
    return (until, tuple(through)) if through else None


def never_open(windows: Sequence[Window]) -> bool:
    """Whether the weekly ones among `windows` leave no minute of a week."""
    weekly = [each for each in windows if each.weekly]
    some_time = _MONDAY.replace(tzinfo=UTC).timestamp()
    found = open_again(weekly, some_time)
    return found is not None and found[0] - some_time > 2 * _WEEK.total_seconds()


def _time(date: str, time: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{date} {time}")


def _time_of_week(day: str, time: str) -> datetime:
    hours, _, minutes = time.partition(":")
    return _MONDAY + timedelta(days=DAYS.index(day), hours=int(hours), minutes=int(minutes))


def _instant(local: datetime, zone: ZoneInfo, *, last: bool) -> float:
    """When the zone's clocks reach `local`, in seconds since 1970; with `last`, when they never show less any more.

    That differs where they are put back. Where they leap over it, they reach it when they leap.
    """
    first, second = _both(local, zone)
    if first == second:
        return first
    if first < second:
        earlier = _both(local - timedelta(seconds=1), zone)
        return second if last and earlier[0] < earlier[1] else first
    around = range(int(second), int(first) + 1)
    shown = bisect_left(around, local, key=lambda at: datetime.fromtimestamp(at, zone).replace(tzinfo=None))
    return float(around[shown])


def _both(local: datetime, zone: ZoneInfo) -> tuple[float, float]:
    """By the offset before and after the clocks change; they are the same where they do not."""
    return local.replace(tzinfo=zone, fold=0).timestamp(), local.replace(tzinfo=zone, fold=1).timestamp()


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _OF_THIS_MACHINE)


def _zone(text: str, name: str) -> ZoneInfo:
    if name not in _zones():
        near = did_you_mean(name, sorted(each for each in _zones() if "/" in each))
        raise ValueError(f"{show(text)} is in no time zone that has a name, such as Europe/Berlin or UTC.{near}")
    return ZoneInfo(name)


def _no_window(value: Any) -> str:
    tidy = _tidied(str(value))
    if re.fullmatch(_PATTERN, tidy):
        return f"{show(value)} is not a window. Did you mean {show(tidy)}?"
    if re.fullmatch(_PATTERN, f"{tidy} UTC"):
        return f"{show(value)} names no time zone. Add one at its end, Europe/Berlin or UTC for example."
    example = _EXAMPLES[1 if re.search(r"2\d{3}", tidy) else 0]
    return f"{show(value)} is not a window, such as {show(example)}."


def _tidied(text: str) -> str:
    """What somebody may have meant who writes times and days in another way."""
    tidy = re.sub(r"\s*(?:[–—]|\s-|-\s|(?<=:\d\d)-|\b(?:to|until|till)\b)\s*", " - ", text.strip())
    tidy = re.sub(r"(?i)\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*", lambda found: found[1].capitalize(), tidy)
    tidy = re.sub(r"(?<=\d)T(?=\d)", " ", re.sub(r"(?<![\d:-])(\d:\d\d)\b", r"0\1", tidy))
    return re.sub(rf"({_TIME}):00\b", r"\1", tidy)


def _window(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_no_window(value))  # noqa: TRY004
    return Window.parse(value).text


def _windows(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f"{show(value)} is not a list of windows. Did you mean [{show(value)}]?")  # noqa: TRY004
    return value


FreezeWindow = Annotated[
    str, BeforeValidator(_window), WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": [*_EXAMPLES]})
]
"""A freeze window as it is written: "Fri 16:00 - Mon 08:00 Europe/Berlin"."""

FreezeWindows = Annotated[tuple[FreezeWindow, ...], BeforeValidator(_windows)]
"""Freeze windows."""
