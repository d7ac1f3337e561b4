"""The run as Markdown."""

from html.parser import HTMLParser

import pytest
import sample_stories
from markdown_it import MarkdownIt
from sample_stories import at, told, took

from golden_files import check
from twinrail.report.events import Finding, GateAsked, RunEnded, RunStarted, SessionStarted
from twinrail.report.story import Story
from twinrail.report.summary import summary

HOSTILE = "<img src=x>|`a`\n# b\r\n**c** [d](http://e) @ada #12 __f__ ~~g~~ $h$ ``` \\| &lt; \u202ei"
"""What a test's name or a tool's message can hold."""


class Elements(HTMLParser):
    """The names of a page's elements, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, _attrs):
        self.names.add(tag)

    def handle_data(self, data):
        self.text += data


def shown(markdown: str) -> Elements:
    """What a reader sees of `markdown`; tables and raw HTML as on GitHub."""
    return Elements(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))


@pytest.mark.parametrize("name", ["released", "broken", "turned_back", "waiting", "under_way"])
def test_golden(name):
    """A summary has a heading, the table, the timeline, each failure with its command, gates and artifacts."""
    check(f"report/{name}.summary.md", summary(getattr(sample_stories, name)()))


def test_nothing_happened():
    """A run that has not begun has a heading alone."""
    assert summary(Story()) == "## ✓ The run: passed in 0 ms\n"


def test_ten_findings():
    """Of thirteen findings ten are shown, and the others counted."""
    lines = summary(sample_stories.broken()).splitlines()
    assert (10, 1) == (sum("**F841**" in line for line in lines), lines.count("- and 3 more"))


def hostile() -> Story:
    """A run in which every text that others wrote is hostile."""
    return told(
        at(0, RunStarted(run="r", project=HOSTILE, version=HOSTILE, commit="c" * 40, uncommitted=1, manager=HOSTILE,
                         python="3", pack="1", sessions=(HOSTILE, "test"), root=HOSTILE)),
        took(HOSTILE, 0, 1, HOSTILE, artifacts={HOSTILE: HOSTILE}),
        took("test", 0, 1, HOSTILE, "failed", exit_code=1, again=HOSTILE, detail=HOSTILE,
             findings=(Finding(file=HOSTILE, line=1, title=HOSTILE, text=HOSTILE),)),
        at(1, GateAsked(session="test", environment=HOSTILE, gate=HOSTILE, answer=HOSTILE, note=HOSTILE, who=HOSTILE)),
        at(2, RunEnded(exit_code=1, address=HOSTILE)),
    )  # fmt: skip


def test_foreign_text_makes_no_elements():
    """Markdown and HTML in foreign text come out as text: no element but the summary's own."""
    own = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "pre", "code", "ul", "li", "strong"}
    assert own == shown(summary(hostile())).names


def test_foreign_text_keeps_the_table():
    """Pipes and line breaks in foreign text make neither cells nor rows."""
    page = MarkdownIt("commonmark").enable("table").render(summary(hostile()))
    tables = [(table.count("<tr>"), table.count("<td")) for table in page.split("<table>")[1:]]
    assert [(3, 8), (2, 6), (2, 2)] == tables


def test_nobody_is_mentioned():
    """A name after an @ and a number after a # are kept apart from it, so that GitHub links neither."""
    line = shown(summary(told(took("test", 0, 1, "@ada broke #12")))).text
    assert "@\u200bada broke #\u200b12" in line


def test_hidden_characters_are_gone():
    """Characters that nobody sees, such as those that turn the direction of writing, are blanks."""
    assert "| pass ed |" in summary(told(took("test", 0, 1, "pass\u202eed")))


def test_fence_holds():
    """A command that holds a fence is fenced by a longer one, and stands there to the letter."""
    again = "nox -s test -- '```' '````'"
    story = told(took("test", 0, 1, "1 failed", "failed", again=again))
    assert f"`````sh\n{again}\n`````\n" in summary(story)


def test_long_detail_is_cut():
    """Of a long detail twenty lines are shown, and the others counted."""
    story = told(took("test", 0, 1, "1 failed", "failed", detail="\n".join(f"line {each}" for each in range(1, 31))))
    assert "line 20\n… and 10 more lines\n```" in summary(story)


def test_long_text_is_cut():
    """A headline as long as a log is cut."""
    assert len(summary(told(took("test", 0, 1, "x" * 5000)))) < 1000


def test_failure_without_command():
    """A failure that cannot be run again by a command has its heading alone."""
    assert summary(told(took("test", 0, 1, "gone", "interrupted"))).endswith("\n\n### ✗ test: gone\n")


def test_timeline_needs_two():
    """A single session has no timeline: its time stands in the table."""
    assert "█" not in summary(told(took("test", 0, 1, "clean")))


@pytest.mark.parametrize(
    ("code", "state"), [(0, "passed"), (1, "failed"), (3, "failed"), (75, "waiting"), (130, "interrupted")]
)
def test_verdict_of_the_end(code, state):
    """A run that ended without a word from a session is judged by its exit code."""
    assert state == told(at(0, RunEnded(exit_code=code))).state


def test_verdict_while_running():
    """A run that goes on is running, until something goes wrong."""
    running = at(0, SessionStarted(session="lint"))
    assert ("running", "failed") == (
        told(running).state,
        told(running, took("test", 0, 1, "1 failed", "failed")).state,
    )
