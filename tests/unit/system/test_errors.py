"""Errors say what happened, why it may be and what to do, and each class has an exit code of its own."""

from twinrail.system import errors
from twinrail.system.errors import Mistake, SettingsError, TwinrailError


def classes(top=TwinrailError):
    """All classes of errors below `top`."""
    return [found for each in top.__subclasses__() for found in (each, *classes(each))]


def test_exit_codes():
    """Each class has a code of its own that a shell can tell from others, and a docstring for the table of codes."""
    ours = [each for each in classes() if each.__module__ == errors.__name__]
    codes = [each.exit_code for each in ours]

    assert len(set(codes)) == len(codes) >= 12
    assert all(1 <= code <= 130 and code not in {126, 127, 128} for code in codes)
    assert [] == [each.__name__ for each in ours if not each.__doc__]
    assert TwinrailError.exit_code not in codes


def test_text():
    """The sentences stand below each other; those that are missing leave no gap."""
    assert "It broke." == str(TwinrailError("It broke."))
    assert "It broke.\n  It was old.\n  Mend it." == str(TwinrailError("It broke.", why="It was old.", todo="Mend it."))
    assert "It broke.\n  Mend it." == str(TwinrailError("It broke.", todo="Mend it."))


def test_mistake():
    """A mistake shows its place where there is one, and mistakes are ordered as they stand in the file."""
    first = Mistake(2, 5, "pyproject.toml", "tool.b", "Wrong.")
    second = Mistake(10, 1, "pyproject.toml", "tool.a", "Wrong.")

    assert [first, second] == sorted([second, first])
    assert "pyproject.toml:2:5  tool.b\n  Wrong." == str(first)
    assert "--set  tool.b\n  Wrong." == str(Mistake(0, 0, "--set", "tool.b", "Wrong."))


def test_settings_error():
    """All mistakes are told at once, and counted."""
    mistake = Mistake(2, 5, "pyproject.toml", "tool.b", "Wrong.")

    assert "pyproject.toml:2:5  tool.b\n  Wrong.\n\n1 mistake, nothing was changed." == str(SettingsError((mistake,)))
    assert str(SettingsError((mistake, mistake))).endswith("\n\n2 mistakes, nothing was changed.")
    assert (mistake,) == SettingsError((mistake,)).mistakes
