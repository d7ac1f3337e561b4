"""Who runs this."""

import getpass

from twinrail.system.user import user_name


def test_a_number_without_a_name(monkeypatch):
    """Where the system knows no name, as in many containers, the number serves."""

    def nobody():
        raise KeyError("getpwuid(): uid not found: 1234")

    assert user_name() == getpass.getuser()
    monkeypatch.setattr(getpass, "getuser", nobody)
    assert user_name().startswith("uid ")
