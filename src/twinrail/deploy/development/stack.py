"""The stack: its files, its services, its containers, and Compose to change them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name

from twinrail.deploy.development.containers import PROJECT, Container, read_container
from twinrail.deploy.development.secrets import values
from twinrail.deploy.targets.docker.composer import Composer, compose_file, mistake_in
from twinrail.deploy.targets.docker.engine import TAKEN, Engine
from twinrail.project.development import Dev
from twinrail.project.repository import Project
from twinrail.session.images import image_name
from twinrail.session.work import Work
from twinrail.system.command import Finished
from twinrail.system.errors import PlaceTaken, ProjectError, SettingsError, ToolError
from twinrail.system.guess import did_you_mean


@dataclass(frozen=True, kw_only=True)
class DevStack:
    """The stack of a project for development.

    Attributes:
        image: what the project's own image is called, without a tag.
    """

    engine: Engine
    project: Project
    settings: Dev
    image: str

    @property
    def name(self) -> str:
        """What Compose calls it."""
        return self.settings.project or f"{canonicalize_name(self.project.name)}-dev"

    @property
    def folder(self) -> Path:
        """What is kept of it on this machine."""
        return self.project.state / "dev"

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The compose file, and what is laid over it.

        Raises:
            ProjectError: there is none.
        """
        file = compose_file(
            self.project.root,
            self.settings.file,
            why="The session dev runs the services of a compose file.",
            todo='Write one, or say where it is:  [tool.twinrail.dev] file = "…"',
        )
        over = [file.with_name(f"{file.stem}.override{suffix}") for suffix in (file.suffix, ".yml", ".yaml")]
        return (file, *(each for each in over if each.is_file()))[:2]

    @cached_property
    def services(self) -> dict[str, Any]:
        """What the files say of each service that is started, by Compose itself.

        Raises:
            SettingsError: they are wrong.
            ToolError: no Compose is there.
        """
        # What is read here is not shown; a name stands for each secret.
        env = {name: name for name in self.settings.secrets}
        done = self._composer.run(self.files, *self._composer.config_words, env=env, data=True)
        if done.returncode:
            raise SettingsError((mistake_in(self.files[0], done),))
        told = yaml.safe_load(done.stdout).get("services") or {}
        return {name: each for name, each in told.items() if not each.get("profiles")}

    @property
    def own(self) -> tuple[str, ...]:
        """The services that run the project: its image, or one that Compose builds."""
        return tuple(name for name, each in self.services.items() if each.get("build") or self.runs(each))

    @property
    def backing(self) -> tuple[str, ...]:
        """All others."""
        return tuple(name for name in self.services if name not in self.own)

    def runs(self, service: dict[str, Any]) -> bool:
        """Whether a service runs the image that the session `image` makes."""
        return not service.get("build") and named(str(service.get("image", ""))) == self.image

    def containers(self) -> tuple[Container, ...]:
        """What there is of it in the engine, by service.

        Raises:
            ToolError: the engine does not answer.
            PlaceTaken: it was started from another folder.
        """
        # What `run` starts beside the services is none of them.
        label = [f"--filter=label={each}" for each in (f"{PROJECT}={self.name}", "com.docker.compose.oneoff=False")]
        ids = self.engine.run("ps", "--all", "--quiet", "--no-trunc", *label, quiet=True).split()
        found = [read_container(each) for each in self.engine.inspect("container", *ids).values()]
        for each in found:
            if each.folder and Path(each.folder).resolve() != self.project.root.resolve():
                raise PlaceTaken(
                    f"The stack {self.name} was started from {each.folder}.",
                    why="Two folders with one stack would take its containers and its data from each other.",
                    todo='Take it down there, or call this one otherwise:  [tool.twinrail.dev] project = "…"',
                )
        return tuple(sorted(found, key=lambda each: (each.service, each.id)))

    def compose(self, *words: str) -> Finished:
        """Compose on its files, ended as it may.

        Raises:
            ToolError: none is there.
        """
        return self._composer.run(self.files, *words, env=self.secrets, secrets=self.settings.secrets, quiet=False)

    def change(self, *words: str) -> None:
        """Compose on its files, ended well.

        Raises:
            PlaceTaken: a port is someone else's.
            ToolError: it did not end well.
        """
        done = self.compose(*words)
        if not done.returncode:
            return
        if taken := [line for line in done.stderr.splitlines() if TAKEN.search(line)]:
            raise PlaceTaken(
                f"A port of {self.files[-1].name} is taken.",
                why=taken[-1].strip(),
                todo="End who listens there, or say another port.",
            )
        last = done.tail.replace("\n", "\n  ")
        raise ToolError(f"Compose ended with {done.returncode}: {done.command}", why=last)

    def known(self, name: str) -> str:
        """The name of a service, which there is.

        Raises:
            ProjectError: there is none of that name.
        """
        if name not in self.services:
            guess = did_you_mean(name, self.services)
            raise ProjectError(f'There is no service "{name}" in {self.files[0].name}.{guess}')
        return name

    @cached_property
    def secrets(self) -> dict[str, str]:
        """The values of what the files fill in."""
        return values(self.settings.secrets, self.folder)

    @cached_property
    def _composer(self) -> Composer:
        return Composer(engine=self.engine, root=self.project.root, name=self.name)


def open_stack(work: Work) -> DevStack:
    """The stack of the project at hand."""
    engine = Engine(shell=work.shell, folder=work.project.root)
    return DevStack(engine=engine, project=work.project, settings=work.settings.dev, image=image_name(work))


def named(reference: str) -> str:
    """A reference without its tag or digest."""
    bare = reference.partition("@")[0]
    name, colon, tag = bare.rpartition(":")
    return name if colon and "/" not in tag else bare
