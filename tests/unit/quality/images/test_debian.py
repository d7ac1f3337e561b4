"""Debian's versions are ordered as dpkg orders them, and advisories are held against them."""

import shutil
import subprocess
from itertools import pairwise

import pytest

from twinrail.quality.images.checks.debian import DebianVersion, affected

ORDER = [
    "0~~", "0~~a", "0~", "0", "0a", "0a.1", "0+b1", "0.1", "1.0~rc1", "1.0~rc1-1", "1.0-1~deb12u1", "1.0-1",
    "1.0-1+b1", "1.0-1+deb12u1", "1.0-1+deb12u10", "1.0-2", "1.0+dfsg-1", "1.0.0", "1.2.13.dfsg-1", "1.9", "1.10",
    "2a", "2z", "2+", "1:0.1", "1:0.1-1", "2:0",
]  # fmt: skip


def test_the_order():
    """Tilde before the end, the end before letters, letters before the rest; numbers as numbers; epochs first."""
    assert sorted({*ORDER}, key=DebianVersion) == ORDER


def test_what_is_equal():
    """Leading zeros and an epoch of nothing change nothing."""
    assert DebianVersion("0:1.02-0") == DebianVersion("1.2")
    assert DebianVersion("1.0") != "1.0"
    assert 1 == len({DebianVersion("1.0"), DebianVersion("1.0")})


@pytest.mark.skipif(not shutil.which("dpkg"), reason="dpkg is not here")
def test_dpkg_says_the_same():
    """Each pair of neighbours is in the order that dpkg says."""
    for one, other in pairwise(ORDER):
        assert 0 == subprocess.run(["dpkg", "--compare-versions", one, "lt", other], check=False).returncode


def entry(*events, kind="ECOSYSTEM", versions=()):
    return {"ranges": [{"type": kind, "events": list(events)}], "versions": versions}


ZERO = {"introduced": "0"}


@pytest.mark.parametrize(
    ("what", "version", "expected"),
    [
        (entry(ZERO, {"fixed": "3.0.11-1~deb12u2"}), "3.0.11-1~deb12u1", (True, "3.0.11-1~deb12u2")),
        (entry(ZERO, {"fixed": "3.0.11-1~deb12u2"}), "3.0.11-1~deb12u2", (False, "")),
        (entry(ZERO), "3.0", (True, "")),
        (entry({"introduced": "2.0"}, {"fixed": "2.5"}), "1.9", (False, "")),
        (entry(ZERO, {"last_affected": "2.0"}), "2.0", (True, "")),
        (entry(ZERO, {"last_affected": "2.0"}), "2.0+b1", (False, "")),
        (entry(ZERO, {"fixed": "1"}, {"introduced": "2"}, {"fixed": "3"}), "2.1", (True, "3")),
        (entry({"limit": "9"}), "1", (False, "")),
        (entry(ZERO, kind="GIT"), "1", (False, "")),
        (entry(kind="GIT", versions=["1.0-1"]), "1.0-1", (True, "")),
    ],
)
def test_affected(what, version, expected):
    """A version is affected within a range, and the version that ends the range mends it."""
    assert expected == affected(what, version)
