"""The run as one page."""

from html.parser import HTMLParser
from itertools import pairwise

import pytest
import sample_stories
from sample_stories import BEGAN, at, ran, started, told, took

from golden_files import check
from twinrail.report.events import Finding, GateAsked, MoveMade, Observed, Progress, Reading, RunEnded, RunStarted
from twinrail.report.page import Rollout, Scale, page
from twinrail.report.story import Story

NAMES = ["released", "broken", "turned_back", "waiting", "under_way"]
VOID = {"meta", "br", "line", "path", "rect"}
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=y> {{ 7 * 7 }}"
"""What a test's name or a tool's message can hold."""


class Elements(HTMLParser):
    """The elements of a page, each with its attributes; those left open, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert tag == self.open.pop()

    def handle_data(self, data):
        self.text += data

    def named(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of the elements of these names."""
        return [attributes for tag, attributes in self.all if tag in names]


def sample(name: str) -> Elements:
    """The page of a sample story."""
    return Elements(page(getattr(sample_stories, name)()))


@pytest.mark.parametrize("name", NAMES)
def test_golden(name):
    """The words of a page, and the numbers of its pictures; the looks are left to the eye."""
    check(f"report/{name}.page.html", page(getattr(sample_stories, name)()).partition("</style>\n</head>\n")[2])


@pytest.mark.parametrize("name", NAMES)
def test_whole(name):
    """Every element is closed, names are given once, and every link inside the page leads somewhere."""
    elements = sample(name)
    ids = [each["id"] for _, each in elements.all if "id" in each]
    inside = {each["href"][1:] for each in elements.named("a") if each["href"].startswith("#")}
    assert ([], len(ids), set()) == (elements.open, len(set(ids)), inside - set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_stands_alone(name):
    """Nothing is loaded and nothing is run: no script, no foreign style or picture, and a policy says so."""
    elements = sample(name)
    policy = [each["content"] for each in elements.named("meta") if "http-equiv" in each]
    assert ([], ["default-src 'none'; style-src 'unsafe-inline'"], []) == (
        elements.named("script", "link", "img", "iframe", "object", "embed", "base", "form"),
        policy,
        [each for each in ("url(", "@import", "javascript:") if each in page(getattr(sample_stories, name)())],
    )


@pytest.mark.parametrize("name", NAMES)
def test_can_be_heard(name):
    """Headings go down by single steps, columns and rows have headers, pictures have words."""
    elements = sample(name)
    levels = [int(tag[1]) for tag, _ in elements.all if tag in {"h1", "h2", "h3"}]
    assert (1, 1) == (levels.count(1), max(after - before for before, after in pairwise(levels)))
    assert all(each.get("scope") in {"col", "row"} for each in elements.named("th"))
    assert all(each["role"] == "img" and each["aria-label"] for each in elements.named("svg"))


def test_heard_picture():
    """A picture's words say what each release had at first, and at last."""
    labels = [" ".join(each["aria-label"].split()) for each in sample("turned_back").named("svg")]
    assert "Share of traffic in staging, first and last: 1.3.2 100 %, then 0 %; 1.4.0 0 %, then 100 %" == labels[0]


def hostile() -> Story:
    """A run in which every text is hostile."""
    command = ran("test", HOSTILE, tool=HOSTILE, code=1, KEY=HOSTILE)
    return told(
        at(0, RunStarted(run=HOSTILE, project=HOSTILE, version=HOSTILE, commit=HOSTILE, uncommitted=1, manager=HOSTILE,
                         python=HOSTILE, pack=HOSTILE, sessions=(HOSTILE, "test"), root=HOSTILE)),
        at(0, Progress(session=HOSTILE, text=HOSTILE)),
        at(0.5, command),
        took("test", 0, 1, HOSTILE, "failed", exit_code=1, again=HOSTILE, detail=HOSTILE, artifacts={HOSTILE: HOSTILE},
             findings=(Finding(file=HOSTILE, line=1, title=HOSTILE, text=HOSTILE),),
             readings=(Reading(name=HOSTILE, value=HOSTILE, limit=HOSTILE, ok=False),)),
        at(1, GateAsked(session="test", environment=HOSTILE, gate=HOSTILE, answer=HOSTILE, note=HOSTILE, who=HOSTILE)),
        at(1, MoveMade(session="test", environment=HOSTILE, move=HOSTILE, seconds=1)),
        at(1, Observed(session="test", environment=HOSTILE, instances={HOSTILE: 1}, traffic={HOSTILE: 100})),
        at(2, RunEnded(exit_code=1, address=HOSTILE)),
    )  # fmt: skip


def test_foreign_text_is_text():
    """HTML and template language in foreign text come out to the letter, in every place."""
    elements = Elements(page(hostile()))
    handlers = [name for _, attributes in elements.all for name in attributes if name.startswith("on")]
    assert ([], [], []) == (elements.open, elements.named("script", "img"), handlers)
    assert elements.text.count(HOSTILE) > 25


@pytest.mark.parametrize(("address", "links"), [("https://shop.example", 1), ("javascript:alert(1)", 0)])
def test_address(address, links):
    """Where production serves is a link when it is an address of the web, else text."""
    elements = Elements(page(told(started("lint"), at(1, RunEnded(exit_code=0, address=address)))))
    assert (links, True) == (sum(each["href"] == address for each in elements.named("a")), address in elements.text)


def test_foreign_address_is_text():
    """An address does not leave the link that it stands in."""
    address = f"https://shop.example/{HOSTILE}"
    elements = Elements(page(told(started("lint"), at(1, RunEnded(exit_code=0, address=address)))))
    assert ([], True) == (elements.named("script", "img"), address in elements.text)


def test_nothing_happened():
    """A run that has not begun has a page."""
    assert "The run" in Elements(page(Story())).text


def test_reused_is_hatched():
    """A bar is hatched where the result is an earlier run's, and only there."""
    story = told(took("lint", 0, 1, "clean"), took("types", 0, 1, "reused (nothing it reads has changed)"))
    assert ["", "reused"] == [each["class"] for each in Elements(page(story)).named("i")]


def test_bars_stand_where_they_ran():
    """A bar begins and ends where its session did, in percent of the run."""
    story = told(took("lint", 0, 2, "clean"), took("test", 2, 6, "clean"))
    styles = [each["style"] for each in Elements(page(story)).named("i")]
    assert ["left:min(0.0%,100% - 4px);width:25.0%", "left:min(25.0%,100% - 4px);width:75.0%"] == styles


def test_not_begun_is_said():
    """A session that did not run has words instead of a bar."""
    elements = sample("broken")
    assert 4 == elements.text.count("not run · test failed")


def test_more_findings_are_folded():
    """Of thirteen findings ten are open and three in a fold."""
    text = page(sample_stories.broken())
    opened, _, folded = text.partition("<summary>and 3 more</summary>")
    assert (10, 3) == (opened.count("F841"), folded.count("F841"))


def seen(time: float, **traffic: float) -> tuple[float, Observed]:
    """What an environment showed at a time: as many instances as there are releases."""
    shares = {name.replace("r", "1."): share for name, share in traffic.items()}
    instances = dict.fromkeys(shares, 1)
    return time, Observed(session="staging", environment="staging", instances=instances, traffic=shares)


def made(time: float, seconds: float, *, retreat: bool = False) -> tuple[float, MoveMade]:
    """A move that ended at a time."""
    return time, MoveMade(session="staging", environment="staging", move="hold", seconds=seconds, retreat=retreat)


def test_areas():
    """The newest release stands at the bottom, the others on it; what was seen last holds to the end."""
    rollout = Rollout("staging", (), (seen(0, r3=100), seen(52, r3=75, r4=25), seen(100, r4=100)))
    areas = {each.release: each.path for each in rollout.areas("traffic")}
    assert {
        "1.4": "M0,100V100H50V75H96.15V0H100V100H96.15V100H50V100H0Z",
        "1.3": "M0,100V0H50V0H96.15V0H100V0H96.15V75H50V100H0Z",
    } == areas


def test_names_need_room():
    """A release's name stands in its area where that is largest, and nowhere when it is too small."""
    rollout = Rollout("staging", (), (seen(0, r3=100), seen(52, r3=90, r4=10), seen(100, r3=90, r4=10)))
    assert {"1.4": None, "1.3": (25.0, 50.0)} == {each.release: each.name for each in rollout.areas("traffic")}


def test_same_is_said_once():
    """What was seen again unchanged is no change."""
    rollout = Rollout("staging", (), (seen(0, r3=100), seen(1, r3=100), seen(2, r3=50, r4=50)))
    assert [0, 2] == [after for after, _ in rollout.changes]


def test_marks():
    """A move is marked where it began; the number of one that began just after another is left out."""
    rollout = Rollout("staging", (made(10, 10), made(11, 1), made(100, 50, retreat=True)), ())
    assert [(1, 0.0, True), (2, 9.62, True), (3, 48.08, True)] == [(m.number, m.left, m.shown) for m in rollout.marks]
    crowded = Rollout("staging", (made(1, 1), made(2, 1), made(100, 98)), ())
    assert [True, False, False] == [each.shown for each in crowded.marks]


def test_turned():
    """A rollout turned back at its first move that retreats."""
    there, back = made(10, 10), made(11, 1, retreat=True)
    assert (None, 10) == (Rollout("s", (there,), ()).turned, Rollout("s", (there, back), ()).turned.began)


def test_moves_of_two_processes():
    """Moves that two processes told out of turn stand in the order of their times."""
    text = Elements(page(Story(moves=[made(20, 1), made(10, 1, retreat=True)]))).text
    assert text.index("↩ hold") < text.index("hold")


def test_moves_without_sight():
    """A rollout whose environment showed nothing has its moves, and no picture."""
    elements = Elements(page(told(at(3, made(0, 1)[1]))))
    assert ([], True) == (elements.named("svg"), "hold" in elements.text)


@pytest.mark.parametrize(
    ("span", "texts"),
    [
        (0, ["0 s"]),
        (0.25, ["0 s", "0.05 s", "0.1 s", "0.15 s", "0.2 s", "0.25 s"]),
        (3.9, ["0 s", "1 s", "2 s", "3 s"]),
        (117, ["0 s", "30 s", "60 s", "90 s"]),
        (1500, ["0 min", "5 min", "10 min", "15 min", "20 min", "25 min"]),
        (400_000, ["0 min", "6666.67 min"]),
    ],
)
def test_ticks(span, texts):
    """An axis has two to six marks, at round times."""
    assert texts == [text for _, text in Scale(BEGAN, span).ticks]
