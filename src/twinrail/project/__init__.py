"""The repository at hand: its settings, metadata, commit, dependency manager and virtual environments.

Nothing here knows what a session does with them.
"""
