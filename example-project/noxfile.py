# /// script
# dependencies = ["nox>=2026.8.10", "twinrail @ git+https://github.com/twinrail/twinrail@v1"]
# ///
"""Shopfront's sessions: all of them are Twinrail's."""

from twinrail.sessions import offer

offer()
