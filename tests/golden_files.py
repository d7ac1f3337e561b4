"""Golden files: whole texts that stand under `tests/golden`, compared to the letter.

`TWINRAIL_GOLDEN=write pytest` writes them anew; what changed is then read in the diff.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(path: str, text: str) -> None:
    """Compares `text` with the golden file at `path` below `tests/golden`, or writes it there when asked to."""
    golden = FOLDER / path
    if os.environ.get("TWINRAIL_GOLDEN") == "write":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert golden.is_file(), f"{golden} is missing; TWINRAIL_GOLDEN=write makes it"
    assert golden.read_text(encoding="utf-8") == text
