"""Releases as services of a swarm, beside the other services of the project's own stack.

An instance of a release is a task of each rolled service. Instances that start together are a *set*: a service of the
swarm for each rolled one, by the name `STACK_web-7`. The strategy rolling lets swarm replace the tasks of a set in
their place; all others start a set beside it. What stays on this machine, in the environment's folder:

    releases/NAME/     release.json: the image; launches.json: with what its sets were made, secrets by name
    numbers.json       how many sets there were; no number comes twice
    objects.json       a word without which nobody can guess a secret from the name of its version
    proxy/state.json   where traffic was led last; the routes themselves are in a volume of the proxy
    place.json         by what the engine's labels tell this place from another
    logs/              the last lines of sets that are gone
    journal.jsonl, head.json, lease.json, fence.json   as everywhere

What runs, and of which release, is asked of the swarm alone.
"""

from twinrail.deploy.targets.swarm.target import SwarmTarget

__all__ = ["SwarmTarget"]
