"""Whether an image is made as it was asked for: user, programs, ports, files, and what gives rights away."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from twinrail.quality.images.checks.programs import SHELLS, by_shell, missing, search_path
from twinrail.quality.images.checks.subject import Subject
from twinrail.quality.images.filesystem import follow
from twinrail.report.events import Finding

_PASSWD = "/etc/passwd"  # noqa: S105  # a file's name
_GIVES_RIGHTS = 0o6000
_BINARIES = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")


def structure(subject: Subject) -> tuple[Finding, ...]:
    """What is not as it was asked for."""
    parts = (_user, _programs, _health, _ports, _files, _rights, _shell)
    return tuple(finding for part in parts for finding in part(subject))


def _user(subject: Subject) -> Iterator[Finding]:
    told, asked = subject.archive.config.user, subject.expected.user
    number = _number(subject, told.partition(":")[0])
    line = subject.line_of("USER")
    if number == 0:
        yield subject.finding("image-user", f"it runs as root: {f'USER {told}' if told else 'no USER'}", line=line)
    elif number is None:
        yield subject.finding("image-user", f"it runs as {told!r}, who is not in its {_PASSWD}", line=line)
    elif asked not in {None, number}:
        yield subject.finding("image-user", f"it runs as {number}, asked for is {asked}", line=line)


def _number(subject: Subject, name: str) -> int | None:
    if not name:
        return 0
    if name.isdecimal():
        return int(name)
    known = subject.archive.texts([_PASSWD]).get(_PASSWD, b"").decode(errors="replace")
    rows = [row.split(":") for row in known.splitlines()]
    return next((int(row[2]) for row in rows if row[0] == name and row[2:] and row[2].isdecimal()), None)


def _programs(subject: Subject) -> Iterator[Finding]:
    config = subject.archive.config
    words = config.entrypoint or config.command
    line = subject.line_of("ENTRYPOINT" if config.entrypoint else "CMD")
    if not words:
        yield subject.finding("image-entrypoint", "it names no program: neither ENTRYPOINT nor CMD", line=line)
        return
    if by_shell(words):
        form = "ENTRYPOINT" if config.entrypoint else "CMD"
        text = f'{form} is a text for a shell, which keeps signals to itself: write {form} ["program", "word"]'
        yield subject.finding("image-entrypoint", text, line=line)
    elif config.entrypoint and by_shell(config.command):
        text = 'CMD is a text for a shell, which the ENTRYPOINT gets as words: write CMD ["word"]'
        yield subject.finding("image-entrypoint", text, line=subject.line_of("CMD"))
    if why := missing(subject.archive, words[0]):
        yield subject.finding("image-entrypoint", why, line=line)


def _health(subject: Subject) -> Iterator[Finding]:
    kind, *words = subject.archive.config.healthcheck or ("NONE",)
    line = subject.line_of("HEALTHCHECK")
    if kind == "NONE":
        yield subject.finding("image-healthcheck", "it has no HEALTHCHECK: nobody sees when it hangs", line=line)
        return
    program = "/bin/sh" if kind == "CMD-SHELL" else words[0] if words else ""
    if why := missing(subject.archive, program):
        yield subject.finding("image-healthcheck", f"its HEALTHCHECK cannot run: {why}", line=line)


def _ports(subject: Subject) -> Iterator[Finding]:
    if subject.expected.ports is None:
        return
    asked, told = {f"{port}/tcp" for port in subject.expected.ports}, set(subject.archive.config.ports)
    line = subject.line_of("EXPOSE")
    for port in sorted(asked - told):
        yield subject.finding("image-port", f"it does not say that it serves on {port}", line=line)
    for port in sorted(told - asked):
        yield subject.finding("image-port", f"it says that it serves on {port}, which was not asked for", line=line)


def _files(subject: Subject) -> Iterator[Finding]:
    for path in subject.expected.files:
        if not _matching(subject, path):
            yield subject.finding("image-file", f"{path} is not there")
    for path in subject.expected.without_files:
        for found in _matching(subject, path)[:3]:
            yield subject.finding("image-file", f"{found} must not be there")


def _matching(subject: Subject, path: str) -> list[str]:
    path = f"/{path.strip('/')}"
    tree = subject.archive.tree
    if set(path) & set("*?["):
        return [each.shown for each in tree.values() if fnmatchcase(each.path, path)]
    return [path] if path in tree or follow(tree, path) else []


def _rights(subject: Subject) -> Iterator[Finding]:
    for entry in subject.archive.tree.values():
        if entry.kind != "file" or entry.path in subject.expected.setuid:
            continue
        if entry.mode & _GIVES_RIGHTS:
            text = f"{entry.shown} ({entry.mode:04o}) gives the rights of its owner to whoever runs it"
            yield subject.finding("image-setuid", f"{text}: {subject.layer(entry.layer)}")
        elif entry.capabilities:
            text = f"{entry.shown} has capabilities, which whoever runs it gets"
            yield subject.finding("image-setuid", f"{text}: {subject.layer(entry.layer)}")


def _shell(subject: Subject) -> Iterator[Finding]:
    if subject.expected.shell:
        return
    folders = {*_BINARIES, *search_path(subject.archive)}
    for path, entry in subject.archive.tree.items():
        if entry.name in SHELLS and path.rpartition("/")[0] in folders and entry.kind in {"file", "symlink"}:
            yield subject.finding("image-shell", f"there is a shell, {path}, in an image that is to have none")
