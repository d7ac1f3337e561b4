"""Measurements that are too long for every commit: each writes what it found into a page beside it, with the commit.

Nothing here is part of the pack. `tests/live` proves the same things once, with the same client and the same faults.
"""
