"""The sign of each state, the same on the screen, in the summary and on the page."""

SYMBOLS = {
    "passed": "✓",
    "unknown": "?",
    "failed": "✗",
    "interrupted": "✗",
    "running": "●",
    "pending": "○",
    "not run": "○",
    "waiting": "◐",
    "off": "–",
}
"""The sign of each state, which says it without colour."""

COLOURS = {
    "passed": "green",
    "unknown": "yellow",
    "failed": "red",
    "interrupted": "yellow",
    "running": "cyan",
    "pending": "dim",
    "not run": "dim",
    "waiting": "yellow",
    "off": "dim",
}
"""The colour of each sign on a terminal."""

ANSWERS = {"open": "✓ open", "wait": "◐ wait", "shut": "✗ shut"}
"""A gate's answers, with their signs."""
