"""What a run says on the screen: a table that moves on a terminal, plain lines elsewhere."""

import io
import select
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from twinrail.report.events import Event, Progress, RunStarted, SessionEnded, SessionStarted
from twinrail.report.marks import COLOURS, SYMBOLS
from twinrail.report.story import SessionStory, Story
from twinrail.system.called import again
from twinrail.system.units import show_duration

_WIDTH = 12


@dataclass
class Screen:
    """Hears the events of a run and shows them.

    Attributes:
        console: where to; it knows whether that is a terminal, and leaves colours away where it is none.
        alone: one session, whose tools are seen as they speak: no table.
        interrupted: set when somebody pressed Ctrl-C; no answer is waited for then.
        joined: another process of this run has said already what runs here.
    """

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    alone: bool = False
    joined: bool = False
    story: Story = field(default_factory=Story)
    interrupted: threading.Event = field(default_factory=threading.Event)
    _live: Live | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, now: float, event: Event) -> None:
        """Takes one event."""
        with self._lock:
            self.story.take(now, event)
            if isinstance(event, RunStarted):
                if not self.joined:
                    self._head(event)
            elif self._live is None and isinstance(event, SessionStarted) and not self.alone:
                self.console.print(Text(f"  · {event.session:<{_WIDTH}} started"))
            elif self._live is None and isinstance(event, SessionEnded):
                self.console.print(line(self.story.sessions[event.session], now))
            elif self._live is None and isinstance(event, Progress) and self.alone:
                self.console.print(Text(f"  · {event.text}", "dim"))

    def say(self, text: str) -> None:
        """A line of a tool, where a session runs alone."""
        if self.alone:
            self.console.print(Text(text, "dim"), soft_wrap=True)

    def ask(self, question: str) -> str | None:
        """The answer of the person at the terminal, or None when there is nobody."""
        if not (sys.stdin.isatty() and self.console.is_terminal):
            return None
        live = self._live
        if live:
            live.stop()
        try:
            self.console.print(Text(f"\n  {question}", "bold"), end="")
            return self._answer()
        finally:
            if live:
                live.start()

    def _answer(self) -> str | None:
        # Ctrl-C reaches the main thread alone: whoever waits for an answer must look up now and then.
        while not self.interrupted.is_set():
            if sys.platform == "win32" or select.select([sys.stdin], [], [], 0.2)[0]:
                return sys.stdin.readline() or None
        return None

    def __enter__(self) -> Self:
        if self.console.is_terminal and not self.alone:
            self._live = Live(get_renderable=self._table, console=self.console, refresh_per_second=8)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def _head(self, event: RunStarted) -> None:
        parts = [f"{event.project} {event.version}".strip(), event.commit[:7], event.manager, f"Python {event.python}"]
        if event.uncommitted:
            parts.append(f"{event.uncommitted} uncommitted")
        left = " · ".join(part for part in parts if part)
        self.console.print(Text.assemble((left, "bold"), f"    run {event.run}    twinrail {event.pack}\n"))

    def _table(self) -> RenderableType:
        with self._lock:
            return Group(*(line(each, time.time()) for each in self.story.sessions.values()), Text())


def line(story: SessionStory, now: float) -> RenderableType:
    """A session in one line: mark, name, time, and what came out or where it stands."""
    mark, colour = SYMBOLS[story.state], COLOURS[story.state]
    if story.ended:
        seconds, text = story.ended.seconds, story.ended.headline
    else:
        seconds, text = now - (story.started or now), story.progress
    shown = show_duration(seconds) if story.started is not None and story.state != "not run" else ""
    parts = (f"  {mark} ", colour), (f"{story.name:<{_WIDTH}}", "bold" if story.state == "failed" else "")
    return Text.assemble(*parts, (f"{shown:>9}   ", "dim"), (text, "dim" if story.state in {"off", "not run"} else ""))


def ending(story: Story, folder: str) -> RenderableType:
    """What is said when a run has ended: each failure with its command, where production serves, the report."""
    parts: list[RenderableType] = []
    for each in story.sessions.values():
        if each.ended and each.state in {"failed", "interrupted", "waiting"}:
            parts.append(_failure(each))
        elif each.ended and each.state == "unknown":
            parts.append(Text("\n" + "\n".join(f"    {text}" for text in each.ended.detail.splitlines()), "dim"))
    if story.end and story.end.address:
        parts.append(Text.assemble("\n  Production is live: ", (story.end.address, "bold")))
    parts.append(Text(f"\n  Report  {folder}/report.html" + (f"      Stop everything  {again('down')}"
                 if story.observed else "")))  # fmt: skip
    return Group(*parts)


def as_text(story: Story) -> str:
    """What came of each session, and how to run each failure again, as plain text for a log."""
    page = io.StringIO()
    console = Console(file=page, no_color=True, width=160, highlight=False, soft_wrap=True)
    for each in story.sessions.values():
        console.print(line(each, story.last))
    for each in story.troubled:
        console.print(_failure(each))
    return page.getvalue().rstrip()


def _failure(story: SessionStory) -> RenderableType:
    ended = story.ended
    mark, colour = SYMBOLS[story.state], COLOURS[story.state]
    lines = [Text.assemble((f"\n  {mark} {story.name}", colour), f"   {ended.headline if ended else ''}\n")]
    if ended:
        for finding in ended.findings[:10]:
            lines.append(Text(f"    {finding.place}{'  ' if finding.place else ''}{finding.title}"))
            lines += [Text(f"      {text}", "dim") for text in finding.text.splitlines()]
        if len(ended.findings) > 10:  # noqa: PLR2004
            lines.append(Text(f"    … and {len(ended.findings) - 10} more, in the report"))
        lines += [Text(f"    {text}", "dim") for text in ended.detail.splitlines()]
        if ended.again and story.state != "waiting":
            lines.append(
                Text.assemble("\n    Again, exactly:  ", (ended.again, "bold"), f"      exit {ended.exit_code}")
            )
    return Group(*lines)
