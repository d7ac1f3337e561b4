# /// script
# dependencies = [
#     "filelock>=3.16", "jinja2>=3.1.5", "nox>=2026.8.10", "packaging>=24.2",
#     "psutil>=6.1", "pydantic>=2.12", "rich>=14", "uv>=0.9",
# ]
# ///
"""Twinrail's own sessions: the same that it gives to others, run on itself."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

from twinrail.sessions import offer

offer()
