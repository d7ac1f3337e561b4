"""The stack of the compose file on a developer's own machine, for the session `dev`: no release, no rollout.

Compose makes its containers, and the engine says how they are. What stays in the project's `.twinrail/dev`:

    secrets.json       the values that were made up for variables of the compose file; mode 600
"""
