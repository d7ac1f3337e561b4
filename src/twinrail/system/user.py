"""Who runs this, by name where the system knows one."""

import getpass
import os


def user_name() -> str:
    """The user's name; `uid 1234` in a container that knows the number alone."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
