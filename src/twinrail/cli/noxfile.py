"""The noxfile for a project that has none: all sessions of the pipeline, on the project that the action names."""

from twinrail.sessions import offer

offer()
