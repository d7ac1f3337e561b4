"""Real processes of the built wheel behind a real reverse proxy, on this machine.

A folder an environment under `.twinrail/environments`, with all that it needs:

    releases/NAME/     the wheel, its requirements, a virtual environment; launches.json says with what it was started
    gone/              releases that nobody can go back to any more, as long as their removal takes
    instances/         a file for each process: release, port, process id
    numbers.json       how many instances each release has had; no name comes twice
    proxy/             Traefik's routes
    data/              the working directory of the service; it stays from release to release
    migrating          as long as something changes the database
    logs/              what the instances and the proxy said
    journal.jsonl      what was done, each line chained to the one before; head.json names the last one
    lease.json         who may deploy, until when; fence.json: the highest lease that was at work here
"""

from twinrail.deploy.targets.process.target import ProcessTarget

__all__ = ["ProcessTarget"]
