"""A template is compiled once, and kept only where Python would keep what it compiles."""

import os
import sys

import pytest

from twinrail.report.template import template


@pytest.fixture
def greeting(tmp_path, monkeypatch):
    """A template in a folder that Python has compiled modules of."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    path = tmp_path / "greeting.html.j2"
    path.write_text("{{ name | loud }}", encoding="utf-8")
    (tmp_path / "__pycache__").mkdir()
    return path


def said(path):
    """What the template makes of a name that is no HTML."""
    return template(path, {"loud": str.upper}).render(name="<ada>")


def kept(path):
    return sorted((path.parent / "__pycache__").iterdir())


def test_it_is_compiled_once(greeting):
    """The second use takes what the first one kept, which says the same."""
    assert "&lt;ADA&gt;" == said(greeting)
    [compiled] = kept(greeting)
    before = compiled.stat().st_mtime_ns
    assert "&lt;ADA&gt;" == said(greeting)
    assert before == compiled.stat().st_mtime_ns


def test_a_changed_template_is_compiled_anew(greeting):
    """What is kept of another text is not used."""
    said(greeting)
    greeting.write_text("Hello, {{ name | loud }}", encoding="utf-8")
    assert "Hello, &lt;ADA&gt;" == said(greeting)


def test_what_is_damaged_is_compiled_anew(greeting):
    """A file that was cut short is taken for none."""
    said(greeting)
    [compiled] = kept(greeting)
    compiled.write_bytes(b"j2")
    assert "&lt;ADA&gt;" == said(greeting)


def test_python_that_keeps_nothing_keeps_no_template(greeting, monkeypatch):
    """PYTHONDONTWRITEBYTECODE holds for templates too."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert "&lt;ADA&gt;" == said(greeting)
    assert [] == kept(greeting)


def test_a_pack_that_cannot_be_written_to(greeting):
    """Where there is no folder for it, or no right to write there, it is compiled each time."""
    folder = greeting.parent / "__pycache__"
    folder.rmdir()
    assert "&lt;ADA&gt;" == said(greeting)
    assert not folder.exists()
    folder.symlink_to(os.devnull)
    assert "&lt;ADA&gt;" == said(greeting)
    folder.unlink()
    folder.symlink_to("/proc/self")  # a folder in which nobody can make a file
    assert "&lt;ADA&gt;" == said(greeting)
