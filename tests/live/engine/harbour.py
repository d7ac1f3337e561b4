"""A stack in a swarm whose service is tinyweb, and one environment of it."""

import json
from contextlib import AbstractContextManager

from dock import COMPOSE, Dock

from benchmarks.turning import counted

LOOK = (
    "exec 3<>/dev/tcp/127.0.0.1/8000; echo -e 'GET /healthz HTTP/1.0\\r\\n\\r' >&3; "
    "read -r _ code _ <&3; cat <&3 >/dev/null; [ $$code = 200 ]"
)
"""A look at the health of the service that costs little."""
HEALTH = {"test": ["CMD", "bash", "-c", LOOK], "interval": "2s", "timeout": "5s", "retries": 2}
MORE = f"""\
    healthcheck: {json.dumps(HEALTH)}
    configs: [{{source: motto, target: /etc/motto}}]
    volumes: ["""
MOTTO = "configs: {motto: {file: ./motto}, "
TEXT = 'version: "3.9"\n' + COMPOSE.replace("    volumes: [", MORE, 1).replace("\nconfigs: {", f"\n{MOTTO}")


def harbour(project, engine, name="staging", **options):
    """An environment in the swarm."""
    (project.root / "motto").write_text("fair winds", encoding="utf-8")
    moods = {"8.0": {"seconds": 6}}
    return Harbour(project=project, name=name, options=options, engine=engine, target="swarm", text=TEXT, moods=moods)


class Harbour(Dock):
    """An environment whose instances are tasks of services."""

    def services(self) -> list[str]:
        """The names of its services."""
        return sorted(self.engine("service", "ls", "--filter", self._label, "--format", "{{.Name}}").split())

    def objects(self, kind: str) -> list[str]:
        """The names of its secrets or configs."""
        return sorted(self.engine(kind, "ls", "--filter", self._label, "--format", "{{.Name}}").split())

    def healthy(self) -> list[str]:
        """The containers of its web tasks that are healthy."""
        filters = (self._label, "label=twinrail.service=web", "health=healthy")
        return self.engine("ps", "--quiet", *(word for each in filters for word in ("--filter", each))).split()

    def counted(self) -> AbstractContextManager[list[int]]:
        """The numbers of healthy tasks while the block runs, one a second."""
        return counted(lambda: len(self.healthy()))

    def clear(self) -> None:
        if there := self.services():
            self.engine("service", "rm", *there)
        for kind in ("secret", "config"):
            if there := self.objects(kind):
                self.engine.tried(kind, "rm", *there)
        super().clear()

    @property
    def _label(self) -> str:
        return f"label=twinrail.stack={self.stack}"
