"""The releases that stand ready in an environment, each with a virtual environment of its own."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from twinrail.deploy.release import Release
from twinrail.project.venv import Venv, VirtualEnvironments
from twinrail.system.errors import MoveFailed
from twinrail.system.files import read_json, sha256, write_json


@dataclass(frozen=True)
class Store:
    """The releases in `folder`."""

    folder: Path
    venvs: VirtualEnvironments

    def names(self) -> tuple[str, ...]:
        """The names of those that are whole."""
        return tuple(sorted(path.parent.name for path in self.folder.glob("*/release.json")))

    def venv(self, release: str) -> Venv:
        """The virtual environment of a release."""
        return Venv(self.folder / release / "venv")

    def commit(self, release: str) -> str:
        """The commit that a release was built from, or an empty text."""
        return str((read_json(self.folder / release / "release.json") or {}).get("commit", ""))

    def bring(self, release: Release) -> None:
        """The release stands ready; it counts as there only when it is whole.

        Raises:
            ToolError: it cannot be installed.
            MoveFailed: the wheel is not the one that was named.
        """
        if release.name in self.names():
            return
        place = self.folder / release.name
        place.mkdir(parents=True, exist_ok=True)
        wheel = Path(shutil.copy2(release.wheel, place))
        requirements = Path(shutil.copy2(release.requirements, place / "requirements.txt"))
        if sha256(wheel) != release.digest:
            raise MoveFailed(
                f"{wheel.name} is not sha256:{release.digest}.",
                why="It was built again, or changed, since the deploy began.",
                todo="Build and deploy again.",
            )
        venv = self.venvs.make(place / "venv")
        if "==" in requirements.read_text(encoding="utf-8"):
            self.venvs.install_locked(venv, requirements)
        self.venvs.install(venv, "--no-deps", str(wheel))
        write_json(place / "release.json", {"version": release.version, "digest": release.digest,
                                            "commit": release.commit})  # fmt: skip

    def set_aside(self, keep: tuple[str, ...]) -> None:
        """All releases but those named stand ready no longer; `empty` removes them."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name not in keep:
                self._gone.mkdir(exist_ok=True)
                path.rename(Path(tempfile.mkdtemp(dir=self._gone)) / path.name)

    def empty(self) -> None:
        """Removes what was set aside, by whomever."""
        shutil.rmtree(self._gone, ignore_errors=True)

    @property
    def _gone(self) -> Path:
        return self.folder.with_name("gone")
