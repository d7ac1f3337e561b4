"""No layer, no variable and no step of an image may hold a secret, whatever a later layer does about it."""

import base64
import hashlib
import json

import pytest
from saved import file, gone

from twinrail.quality.images.checks.secrets import secrets

KEY = "-----BEGIN OPENSSH PRIVATE" + " KEY-----\nb3BlbnNzaC1rZXk\n"
# In two parts, so that our own scan finds none here.
AWS = "AKIA" + "2E0A8F3B244C9986"
CODE = f'aws = "{AWS}"\n'
SITE = "app/lib/python3.11/site-packages"


@pytest.fixture
def leaks(work, subject):
    """What the scan of an image finds."""
    return lambda *layers, **rest: [
        f"{each.place} {each.title}: {each.text}" for each in secrets(work(), subject(*layers, **rest))
    ]


def test_nothing(leaks):
    """An image without secrets has none found."""
    assert [] == leaks([file("app/a.py", "a = 1\n"), file("etc/nsswitch.conf", "passwd: files\n")], Env=["PATH=/bin"])


def test_a_removed_file_is_shipped(leaks):
    """A secret that a later layer takes away, or writes over, is there for everybody who pulls."""
    steps = ["COPY app /", "COPY . /app", "RUN rm /app/id_rsa"]
    told = leaks(
        [file("app/id_rsa", KEY), file("app/a.py", CODE)], [gone("app/id_rsa"), file("app/a.py", "")], steps=steps
    )
    hidden = "in layer 2 (COPY . /app), which a later one hides but which is shipped"
    assert [
        f"Dockerfile Private key: /app/id_rsa {hidden}",
        f"Dockerfile AWS Access Key: /app/a.py {hidden}, line 1: this looks like a secret",
    ] == told


def test_a_repository_is_shipped(leaks):
    """A folder of git holds all that was ever committed; it is said once a layer."""
    git = [file("app/.git/HEAD", "ref: x"), file("app/.git/refs/heads/main", "0"), file("app/.git/objects/a/b", CODE)]
    expected = "Dockerfile Git repository: /app/.git in layer 2 holds all that ever was in the repository"
    assert [expected] == leaks(git)


def test_variables_and_steps(leaks):
    """Variables are shipped; so is each step, with the arguments it was given. What both say is said once."""
    steps = ["COPY app /", "ENV DB_PASSWORD=hunter2", "|1 TOKEN=hunter3 /bin/sh -c make"]
    env = ["DB_PASSWORD=hunter2", "DATABASE=postgres://ada:lovelace@db/shop"]  # pragma: allowlist secret
    dockerfile = "FROM a\nARG TOKEN\nENV DB_PASSWORD=hunter2\n"
    assert [
        "Dockerfile:3 Secret variable: DB_PASSWORD, a variable of the image, holds what looks like a secret",
        "Dockerfile:2 Secret variable: TOKEN, in its history, which is shipped with it, holds what looks like a secret",
        "Dockerfile Basic Auth Credentials: its variables, line 2: this looks like a secret",
    ] == leaks([], steps=steps, Env=env, dockerfile=dockerfile)


def recorded(name, path, text):
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return file(f"{SITE}/{name}-1.0.dist-info/RECORD", f"{path},sha256={digest},{len(text)}\n")


def test_what_a_package_brought_is_public(leaks):
    """What a distribution or a package of the system delivered is no secret of ours, until somebody changes it."""
    sums = file("var/lib/dpkg/info/x.md5sums", f"{hashlib.md5(KEY.encode()).hexdigest()}  usr/share/x/test.key\n")
    conf = hashlib.md5(f"{KEY}1".encode()).hexdigest()
    status = file("var/lib/dpkg/status", f"Package: x\nConffiles:\n /etc/x/key {conf}\n")
    apk = base64.b64encode(hashlib.sha1(f"{KEY}2".encode()).digest()).decode()
    layer = [
        file(f"{SITE}/them/a.py", CODE),
        recorded("them", "them/a.py", CODE),
        sums,
        status,
        file("lib/apk/db/installed", f"P:x\nZ:Q1{apk}\n"),
        file("usr/share/x/test.key", KEY),
        file("etc/x/key", f"{KEY}1"),
        file("etc/y/key", f"{KEY}2"),
    ]
    assert [] == leaks(layer)
    changed = file(f"{SITE}/them/a.py", f"# ours\n{CODE}")
    expected = f"/{SITE}/them/a.py in layer 3, line 2: this looks like a secret"
    assert [f"Dockerfile AWS Access Key: {expected}"] == leaks(layer, [changed])


def test_our_own_distribution_is_not_public(leaks):
    """What the project's own wheel brings was published by nobody."""
    expected = f"/{SITE}/shopfront/a.py in layer 2, line 1: this looks like a secret"
    layer = [file(f"{SITE}/shopfront/a.py", CODE), recorded("shopfront", "shopfront/a.py", CODE)]
    assert [f"Dockerfile AWS Access Key: {expected}"] == leaks(layer)


def test_what_was_accepted(leaks, installed):
    """What stands in the project's baseline, or carries the scanner's own mark, was looked at by somebody."""
    digests = [hashlib.sha1(each.encode()).hexdigest() for each in (AWS, "hunter2")]
    baseline = installed.root / ".secrets.baseline"
    baseline.write_text(json.dumps({"results": {"a": [{"hashed_secret": each} for each in digests]}}))
    try:
        assert [] == leaks([file("a.py", CODE), file("b.py", f"{CODE[:-1]}0  # pragma: allowlist secret\n")],
                           Env=["DB_PASSWORD=hunter2"])  # fmt: skip
    finally:
        baseline.unlink()


def test_what_cannot_be_read(leaks):
    """Binary files are left out; names that a shell or the scanner could stumble over are not."""
    odd = [file("-x.py", CODE), file("a b\n.py", f"{CODE}1"), file("c.bin", f"\0{CODE}"), file("empty")]
    told = leaks(odd, [file("copy/-x.py", CODE)])
    assert 2 == len(told)
    assert "/-x.py in layer 2" in told[0]
    assert "/a b\\x0a.py in layer 2" in told[1]
