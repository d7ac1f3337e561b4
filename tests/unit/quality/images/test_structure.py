"""An image that is not as it was asked for is told so, each fault by itself, at its line of the Dockerfile."""

import pytest
from saved import file, folder, gone, hard_link, symlink

from twinrail.quality.images.checks.configuration import configuration
from twinrail.quality.images.checks.size import size
from twinrail.quality.images.checks.structure import structure
from twinrail.quality.images.checks.subject import Expected

DOCKERFILE = """\
FROM base AS build
USER 7
FROM base
COPY --from=build /app /app
EXPOSE 8000
USER app
ENTRYPOINT /app/bin/shopfront
"""
FORM = "is a text for a shell, which keeps signals to itself: write"


def test_a_sound_image(found):
    """An image that is as it was asked for has nothing wrong."""
    asked = Expected(user=10001, ports=(8000,), files=("/app/bin/shopfront", "app/bin/*"), without_files=("/bin/gcc",),
                     shell=False)  # fmt: skip
    assert [] == found(structure, expected=asked)
    assert [] == found(configuration, expected=asked)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("", ["it runs as root: no USER"]),
        ("0:0", ["it runs as root: USER 0:0"]),
        ("root", ["it runs as root: USER root"]),
        ("toor:app", ["it runs as root: USER toor:app"]),
        ("app", []),
        ("app:app", []),
        ("10002", ["it runs as 10002, asked for is 10001"]),
        ("nobody", ["it runs as 'nobody', who is not in its /etc/passwd"]),
    ],
)
def test_the_user(found, user, expected):
    """Root by any name is found; so is somebody else, and somebody whom nobody knows."""
    passwd = file("etc/passwd", "root:x:0:0::/:/bin/sh\ntoor:x:0:0\nbroken\napp:x:10001:10001:::\n")
    told = found(structure, [passwd], User=user, dockerfile=DOCKERFILE, expected=Expected(user=10001))
    assert [f"Dockerfile:6 image-user: {each}" for each in expected] == told


def test_somebody_is_enough(found):
    """Where no number is asked for, anybody but root will do."""
    assert [] == found(structure, User="7")


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ({"Entrypoint": ["/bin/sh", "-c", "shopfront"]},
         [f'ENTRYPOINT {FORM} ENTRYPOINT ["program", "word"]', "/bin/sh is not in the image"]),
        ({"Entrypoint": None, "Cmd": ["/app/bin/bash", "-ec", "x"]}, [f'CMD {FORM} CMD ["program", "word"]']),
        ({"Cmd": ["/bin/sh", "-c", "x"]},
         ['CMD is a text for a shell, which the ENTRYPOINT gets as words: write CMD ["word"]']),
        ({"Entrypoint": None}, ["it names no program: neither ENTRYPOINT nor CMD"]),
        ({"Entrypoint": ["shopfront"]}, ["shopfront is not in the image"]),
        ({"Entrypoint": ["shopfront"], "Env": ["PATH=/bin:/app/bin"]}, []),
        ({"Entrypoint": ["bin/shopfront"], "WorkingDir": "/app"}, []),
        ({"Entrypoint": ["/app/bin/linked"]}, []),
        ({"Entrypoint": ["/app/bin/text"]}, ["/app/bin/text may not be run by anybody"]),
        ({"Entrypoint": ["/app/bin"]}, ["/app/bin is not in the image"]),
    ],
)  # fmt: skip
def test_the_programs(found, run, expected):
    """A program is started by its words, is there, and may be run."""
    more = [
        file("app/bin/text"),
        file("app/bin/bash", mode=0o755),
        symlink("app/bin/linked", "../../app/bin/shopfront"),
    ]
    told = found(structure, more, **run)
    assert [f"Dockerfile image-entrypoint: {each}" for each in expected] == told


def test_its_line(found):
    """A fault is shown where the Dockerfile says it; in a stage's parent where that does; else where it begins."""
    shell = {"Entrypoint": ["/bin/sh", "-c", "x"], "Healthcheck": None, "User": ""}
    more = file("bin/sh", mode=0o755)
    lines = [each.partition(" ")[0] for each in found(structure, [more], dockerfile=DOCKERFILE, **shell)]
    assert ["Dockerfile:6", "Dockerfile:7", "Dockerfile:3"] == lines
    inherited = DOCKERFILE + "FROM build AS runtime\nFROM --platform=x runtime as test\nRUN true\n"
    lines = [each.partition(" ")[0] for each in found(structure, [more], dockerfile=inherited, **shell)]
    assert ["Dockerfile:2", "Dockerfile:9", "Dockerfile:9"] == lines


def test_a_dockerfile_of_the_pack(found):
    """Where the project has none, the line is said, and no file of the project is blamed."""
    told = found(structure, User="", dockerfile=DOCKERFILE, named="")
    assert [" image-user: it runs as root: no USER (line 6 of the Dockerfile that Twinrail wrote)"] == told


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (None, "it has no HEALTHCHECK: nobody sees when it hangs"),
        (["NONE"], "it has no HEALTHCHECK: nobody sees when it hangs"),
        (["CMD-SHELL", "curl localhost"], "its HEALTHCHECK cannot run: /bin/sh is not in the image"),
        (["CMD", "curl"], "its HEALTHCHECK cannot run: curl is not in the image"),
    ],
)
def test_the_health(found, test, expected):
    """There is a HEALTHCHECK, and what it runs is there."""
    told = found(structure, Healthcheck=test and {"Test": test})
    assert [f"Dockerfile image-healthcheck: {expected}"] == told


def test_the_ports(found):
    """It serves where it was asked to, and nowhere else; where nobody asks, anywhere."""
    told = found(structure, expected=Expected(ports=(8000, 9000)), ExposedPorts={"8000/tcp": {}, "53/udp": {}})
    assert [
        "Dockerfile image-port: it does not say that it serves on 9000/tcp",
        "Dockerfile image-port: it says that it serves on 53/udp, which was not asked for",
    ] == told
    assert [] == found(structure, ExposedPorts={"1/tcp": {}})


def test_the_files(found):
    """What must be there is, and what must not is not, in the final file system."""
    layers = [file("opt/x.pyc"), file("opt/a"), symlink("lib", "opt")], [gone("opt/a")]
    asked = Expected(files=("/opt/a", "/lib/x.pyc", "/none/*"), without_files=("/opt/*.pyc", "/opt/a", "lib/x.pyc"))
    assert [
        "Dockerfile image-file: /opt/a is not there",
        "Dockerfile image-file: /none/* is not there",
        "Dockerfile image-file: /opt/x.pyc must not be there",
        "Dockerfile image-file: /lib/x.pyc must not be there",
    ] == found(structure, *layers, expected=asked)


def test_what_gives_rights(found):
    """Programs with setuid, setgid or capabilities, by any name; not those of every system, nor a folder's setgid."""
    ping = file("bin/ping", mode=0o755, attributes=(("SCHILY.xattr.security.capability", "x"),))
    puts = [file("a", mode=0o4755), hard_link("b", "a"), file("c", mode=0o2755), file("usr/bin/su", mode=0o4755), ping]
    told = found(structure, [*puts, folder("var/mail", mode=0o2775)], steps=["COPY app /", "RUN  chmod u+s /a"])
    rights = "gives the rights of its owner to whoever runs it"
    expected = [
        f"/a (4755) {rights}",
        f"/b (4755) {rights}",
        "/bin/ping has capabilities, which whoever runs it gets",
        f"/c (2755) {rights}",
    ]
    assert [f"Dockerfile image-setuid: {each}: layer 2 (RUN chmod u+s /a)" for each in expected] == told
    assert [] == found(structure, [file("a", mode=0o4755)], expected=Expected(setuid=("/a",)))


def test_no_shell(found):
    """Where there is to be no shell, there is none; a module that is called so is none."""
    puts = [file("bin/busybox"), symlink("app/bin/sh", "/bin/busybox"), file("lib/python3/sh")]
    told = found(structure, puts, expected=Expected(shell=False), Env=["PATH=/app/bin"])
    assert [
        "Dockerfile image-shell: there is a shell, /app/bin/sh, in an image that is to have none",
        "Dockerfile image-shell: there is a shell, /bin/busybox, in an image that is to have none",
    ] == told


def test_the_size(subject):
    """The size of all layers is read; over the budget, what is largest is named."""
    layers = [[file("large", bytes(200_000))], [file("small", bytes(1000))]]
    steps = ["COPY app /", "COPY large /", "COPY small /"]
    findings, reading = size(subject(*layers, steps=steps))
    assert ((), "image size", "225 kB", None) == (findings, reading.name, reading.value, reading.ok)
    findings, reading = size(subject(*layers, steps=steps, expected=Expected(size=300_000)))
    assert ((), "300 kB", True) == (findings, reading.limit, reading.ok)
    findings, reading = size(subject(*layers, steps=steps, expected=Expected(size=200_000)))
    assert False is reading.ok
    [finding] = findings
    named = "205 kB in layer 2 (COPY large /), 10 kB in layer 1 (COPY app /), 10 kB in layer 3 (COPY small /)"
    assert f"225 kB is 25 kB more than the budget of 200 kB: {named}" == finding.text


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"dockerfile": "FROM a\nADD --chown=1 https://a.test/x.tgz /x\nADD x /y\n"},
         ":2 image-remote-add: https://a.test/x.tgz is fetched and not checked: name its --checksum"),
        ({"dockerfile": 'FROM a\nADD ["https://a.test/x", "/x"]\nADD --checksum=sha256:1 https://a.test/x /y\n'},
         ":2 image-remote-add: https://a.test/x is fetched and not checked: name its --checksum"),
        ({"ExposedPorts": {"80/tcp": {}}},
         " image-privileged-port: 80/tcp wants a capability that a hardened run has not: serve on a port from 1024 on"),
        ({"Env": ["PYTHONHTTPSVERIFY=0", "GIT_SSL_NO_VERIFY="]},
         " image-unchecked-certificates: PYTHONHTTPSVERIFY turns the checking of certificates off"),
        ({"Env": ["PATH=/bin:", "PYTHONPATH=/app", "LD_PRELOAD="]},
         " image-search-path: PATH names a folder that depends on where it runs: what is found there is anybody's"),
    ],
)  # fmt: skip
def test_the_configuration(found, how, expected):
    """What weakens an image, or cannot work in a hardened run."""
    assert [f"Dockerfile{expected}"] == found(configuration, **how)


def test_what_anybody_may_write(found):
    """Files and folders that anybody may write, but those that are made for it."""
    puts = [folder("tmp", mode=0o1777), folder("data", mode=0o777), file("x", mode=0o666), symlink("y", "x")]
    assert ["Dockerfile image-writable: /data (0777) and 1 other may be written by anybody: layer 2"] == found(
        configuration, puts
    )
