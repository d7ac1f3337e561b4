"""Each strategy under load: nobody is lost, each order is placed once. The full count is in `benchmarks`."""

import pytest
from tinyweb import TINYWEB

from benchmarks.ground import Ground
from benchmarks.load import People
from benchmarks.switching import switch

REQUESTS = 5000
SETTINGS = {
    "rolling": {"pause": "100ms"},
    "blue-green": {},
    "canary": {"weights": [10.0, 50.0], "hold": "300ms"},
    "ab": {"share": "50%"},
}


@pytest.mark.parametrize("strategy", SETTINGS)
def test_nobody_is_lost(project, tmp_path, strategy):
    """Over two switches every request is answered rightly, each order stands there once, who has traffic serves."""
    settings = {"name": strategy, "bake": "500ms", **SETTINGS[strategy]}
    options = {"strategy": settings, "analysis": False}
    ground = Ground(root=project.root, kind=TINYWEB, name=f"load-{strategy}", options=options)
    people = People(mix="tinyweb", word=strategy, people=8, slow=(0.3, 0.3, 2.0))
    try:
        done = switch(ground, people, ["1.0", "1.1", "1.2"], REQUESTS, tmp_path / "orders.txt")
    finally:
        ground.end()
    assert () == done.faults
    assert REQUESTS <= done.found["asked"]
    assert abs(2 * done.found["placed"] - done.found["asked"]) <= 11
    assert {"1.0", "1.1", "1.2"} == set(done.found["versions"])
    assert (0, True) == (done.found["reconnects"], done.found["slow"] > 10)
    # Who keeps cookies meets each release once: those of an experiment stay on their side of it.
    assert done.found["turns"] <= 6 * 4 if strategy == "ab" else done.found["cookies"] == 0
    # A version that is overwritten at once stays unread where the watcher's turn comes late: here that is no fault.
    assert done.seen.missed * 4 <= done.seen.changes + done.seen.missed >= 8
    assert done.seen.ends == 4
