"""An engine and its Compose that obey: what `docker` and docker-compose are told changes what they tell."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from twinrail.system.command import Command, Finished

ID = f"sha256:{'7' * 64}"
COMPOSE = """\
services:
  web: {image: shopfront}
  worker: {image: "shopfront:latest"}
  db: {image: "postgres:17"}
  shell: {image: busybox, profiles: [rarely]}
"""
"""A stack: the project by two names of its image, what it needs, and what is started by hand alone."""
ENDS = ("up", "down", "restart", "run", "logs", "config")


@dataclass
class Obeying:
    """Takes the place of a shell.

    Attributes:
        root: the folder of the stack.
        images: the id of each image by its names.
        becomes: how a service is once it was started; else healthy.
        fails: what an order ends with, by its verb: the code, and what it says.
        ran: every order that changes something, verb first.
        given: the variables that Compose was given last, its look-ups aside.
    """

    root: Path
    images: dict[str, str] = field(default_factory=dict)
    becomes: dict[str, dict[str, object]] = field(default_factory=dict)
    fails: dict[str, tuple[int, str]] = field(default_factory=dict)
    there: dict[str, dict[str, object]] = field(default_factory=dict)
    ran: list[tuple[str, ...]] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def say(self, line: str) -> None:
        """Nobody listens."""

    def run(self, command: Command, *, ok=(0,), quiet=False, data=False) -> Finished:  # noqa: ARG002
        """What became of an order."""
        code, stdout, stderr = self._answer(command)
        assert code in ok or not ok, stderr
        return Finished(command=command, returncode=code, stdout=stdout, stderr=stderr, seconds=0.0)

    def _answer(self, command: Command) -> tuple[int, str, str]:
        program, *words = command.argv
        if "silent" in self.fails:
            return 1, "", "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"
        if program == "docker":
            return self._docker(*words)
        if words[0] == "version":
            return 0, "1.29.2\n", ""
        verb = next(word for word in words if word in ENDS)
        if verb != "config":
            self.given = dict(command.env)
        return self._compose(verb, words[words.index(verb) + 1 :])

    def _docker(self, *words: str) -> tuple[int, str, str]:
        match words:
            case ("compose", *_):
                return 1, "", "docker: 'compose' is not a docker command."
            case ("ps", *_):
                return 0, "\n".join(str(each["Id"]) for each in self.there.values()), ""
            case ("container", "inspect", *ids):
                return 0, json.dumps([each for each in self.there.values() if each["Id"] in ids]), ""
            case ("image", "inspect", name) if name in self.images:
                return 0, json.dumps([{"Id": self.images[name], "RepoTags": [name]}]), ""
            case ("image", "inspect", name):
                return 1, "[]", f"Error: No such image: {name}"
            case ("tag", image, name):
                self.images[name] = self.images[image]
        self.ran += [words] if words[0] != "logs" else []
        return 0, "what it said last\n", ""

    def _compose(self, verb: str, words: list[str]) -> tuple[int, str, str]:
        if verb == "config":
            return 0, (self.root / "compose.yaml").read_text(encoding="utf-8"), ""
        self.ran.append((verb, *words))
        if verb in self.fails:
            return self.fails[verb][0], "", self.fails[verb][1]
        if verb == "up":
            for service in words[1:]:
                self.there.setdefault(service, self._container(service))
        if verb == "down":
            self.there.clear()
        return 0, "", ""

    def _container(self, service: str) -> dict[str, object]:
        self.made += 1
        state = {"Status": "running", "Health": {"Status": "healthy"}, **self.becomes.get(service, {})}
        labels = {"com.docker.compose.service": service, "com.docker.compose.project.working_dir": str(self.root)}
        ports = {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}]} if service == "db" else {}
        return {
            "Id": f"{self.made:064x}",
            "Name": f"/{service}",
            "State": state,
            "Config": {"Labels": labels},
            "NetworkSettings": {"Ports": ports},
        }
