"""Releases as containers of the project's own stack, on an engine here or on another machine.

The compose file says the stack. Of its services some are rolled: an instance of a release has a container of each. All
others are brought up once, and no rollout touches them or a volume. What stays on this machine, in the environment's
folder:

    releases/NAME/     release.json: the image; launches.json: with what its instances were made, secrets by name
    instances/         a file for each instance: release, containers; written before they are made
    numbers.json       how many instances each release has had; no name comes twice
    proxy/state.json   where traffic was led last; the routes themselves are in a volume of the proxy
    place.json         by what the engine's labels tell this place from another
    logs/              the last lines of instances that are gone
    journal.jsonl, head.json, lease.json, fence.json   as everywhere
"""

from twinrail.deploy.targets.compose.target import ComposeTarget

__all__ = ["ComposeTarget"]
