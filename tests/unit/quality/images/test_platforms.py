"""The Python of a base: what it says of itself, which wheels run on it, what of a lock it asks for."""

import pytest
from packaging.requirements import InvalidRequirement

from twinrail.quality.images.platform import Platform, fitting, read_platform

GLIBC = Platform(python="3.13.5", machine="x86_64", libc="glibc", minor=36)
MUSL = Platform(python="3.11.2", machine="aarch64", libc="musl", minor=5)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("#5 0.3 twinrail: 3.13.5 x86_64 glibc 2.36\n#5 DONE", GLIBC),
        ("twinrail: 3.13.5 x86_64 glibc 2.36", GLIBC),
        ("STEP 2\ntwinrail: 3.11.2 aarch64\n", MUSL),
        ('RUN ["python3", "-c", "print(\\"twinrail:\\", 1)"]\nexec: python3: not found', None),
        ("", None),
    ],
)
def test_what_a_base_says(said, expected):
    """One line among a builder's own; a base without Python says none."""
    assert expected == read_platform(said)


def test_tags():
    """All that run there, the newest first, with the names of old."""
    tags = GLIBC.tags
    assert "manylinux_2_36_x86_64" == tags[0]
    assert {"manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"} < set(tags)
    assert "manylinux_2_37_x86_64" not in tags
    assert ("musllinux_1_5_aarch64", "musllinux_1_0_aarch64") == (MUSL.tags[0], MUSL.tags[-1])
    assert not [each for each in MUSL.tags if each.startswith("many")]
    old = Platform(python="3.11.2", machine="x86_64", libc="glibc", minor=12)
    assert ("manylinux_2_12_x86_64", "manylinux1_x86_64") == (old.tags[0], old.tags[-1])
    assert "manylinux2014_x86_64" not in old.tags


def test_what_is_asked_for_there():
    """Conditions are those of the base's Python on Linux, not of this machine's; hashes stay."""
    lines = [
        "anyio==4.11.0 --hash=sha256:1 --hash=sha256:2",
        "colorama==0.4.6 ; sys_platform == 'win32' --hash=sha256:3",
        "exceptiongroup==1.3.0 ; python_full_version < '3.13' --hash=sha256:4",
        "psycopg[binary]==3.2.12 ; platform_machine == 'x86_64' --hash=sha256:5",
    ]
    kept = ["anyio==4.11.0 --hash=sha256:1 --hash=sha256:2", "psycopg[binary]==3.2.12 --hash=sha256:5"]
    assert kept == fitting(lines, GLIBC)
    assert [kept[0], "exceptiongroup==1.3.0 --hash=sha256:4"] == fitting(lines, MUSL)


@pytest.mark.parametrize("line", ["--find-links=/x", "not a requirement at all"])
def test_what_is_no_requirement(line):
    """It is refused, for nothing can be said of it."""
    with pytest.raises(InvalidRequirement):
        fitting([line], GLIBC)
