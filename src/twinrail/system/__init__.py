"""The ground: errors, processes, files, units, the facts about the machine and about GitHub.

Nothing here knows what a project, a session or a release is.
"""
