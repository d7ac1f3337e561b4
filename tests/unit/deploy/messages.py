"""What errors say, in a form that is the same on every machine."""

import os
import re
from pathlib import Path

from twinrail.system.errors import TwinrailError


def said(error: TwinrailError, folder: Path) -> str:
    """An error with its class and exit code; the place, the process and the user by names that stay."""
    text = str(error).replace(str(folder), f"PLACE/{folder.name}").replace(str(os.getpid()), "4711")
    text = re.sub(r"process 4711 \([^)]*\)", "process 4711 (python, running)", text)
    return f"{type(error).__name__}, exit {error.exit_code}\n{text}\n\n"
