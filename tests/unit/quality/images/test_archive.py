"""An image is read as it was saved, whole and where it stands; what is no image is refused, with what is wrong."""

import gzip
import io
import json
import tarfile

import pytest
from saved import file, folder, gone, hard_link, opaque, save, sha, symlink, tarred, write

from twinrail.quality.images.archive import open_archive
from twinrail.quality.images.layers import Limits
from twinrail.system.errors import ToolError


@pytest.fixture
def image(tmp_path):
    return lambda *layers, **rest: open_archive(save(tmp_path / "image.tar", *layers, **rest))


@pytest.fixture
def wrong(tmp_path):
    """What is said of an archive that is no image."""

    def tell(make, limits=Limits()):  # noqa: B008
        path = tmp_path / "image.tar"
        make(path)
        with pytest.raises(ToolError) as caught:
            _ = open_archive(path, limits).tree
        assert str(path) in caught.value.what
        return f"{caught.value.what.partition('as an image: ')[2]} {caught.value.why}"

    return tell


@pytest.mark.parametrize("how", [{}, {"packed": True}, {"layout": True}, {"layout": True, "packed": True}])
def test_each_form_says_the_same(image, how):
    """Docker's form and the OCI layout, plain and packed layers: the same files, sizes and digests."""
    layers = [[folder("app", owner=7), file("./app/a.py", "a = 1\n", mode=0o4755, owner=7)], [file("/app/b", "b")]]
    made = image(*layers, **how)
    assert ["/app", "/app/a.py", "/app/b"] == list(made.tree)
    found = made.tree["/app/a.py"]
    assert (0o4755, 7, 7, 6, 0) == (found.mode, found.uid, found.gid, found.size, found.layer)
    assert [f"sha256:{sha(tarred(each))}" for each in layers] == [each.digest for each in made.layers]
    assert sum(len(tarred(each)) for each in layers) == made.size
    assert {"/app/a.py": b"a = 1\n", "/app/b": b"b"} == made.texts(["/app/a.py", "/app/b", "/app/c", "/app"])


def test_it_says_how_it_runs(image):
    """User, words, ports, variables, labels, health and history stand in its configuration."""
    config = image(
        [],
        steps=["FROM scratch", "COPY a b"],
        User="10001",
        Entrypoint=["/app/bin/shopfront"],
        Cmd="serve --now",
        ExposedPorts={"8000/tcp": {}},
        Env=["PATH=/bin", "A=b=c"],
        Labels={"k": "v"},
        Healthcheck={"Test": ["CMD", "/check"]},
        Volumes={"/data": {}},
    ).config
    assert ("10001", ("/app/bin/shopfront",), ("/bin/sh", "-c", "serve --now")) == (
        config.user, config.entrypoint, config.command
    )  # fmt: skip
    assert (("8000/tcp",), {"PATH": "/bin", "A": "b=c"}, {"k": "v"}) == (config.ports, config.env, config.labels)
    assert (("CMD", "/check"), ("/data",)) == (config.healthcheck, config.volumes)
    assert ["FROM scratch", "COPY a b"] == [each.text for each in config.history]


def test_a_layer_takes_away_what_lies_below_it(image):
    """A file, a whole folder, or what is in it: gone from the final file system, shipped all the same."""
    below = [file("a/one", "1"), file("a/two", "2"), file("b/old", "3"), file("c/deep/x", "4")]
    made = image(below, [gone("a/one"), file("b/new"), opaque("b"), gone("c/deep"), opaque("d"), gone("e/f")])
    assert ["/a", "/a/two", "/b", "/b/new", "/c"] == list(made.tree)
    assert {"/a/one", "/b/old", "/c/deep/x"} <= {each.path for each in made.every()}


def test_a_layer_does_not_take_away_its_own(image):
    """Where a layer both takes a path away and brings it, the path is there."""
    assert {"/a": b"new"} == image([file("a", "old")], [file("a", "new"), gone("/a")]).texts(["/a"])


def test_what_stands_where_a_folder_stood(image):
    """A file takes a folder's place with all that was in it; a folder takes a file's."""
    assert ["/a", "/b", "/b/x"] == list(image([file("a/x"), file("b")], [file("a"), file("b/x")]).tree)


def test_links(image):
    """A hard link is the file that it leads to, whatever becomes of that; a symbolic one is followed, never outside."""
    links = [hard_link("also", "real"), symlink("lib", "usr/lib"), symlink("up", "../../usr"), symlink("loop", "loop")]
    made = image([file("real", "text", mode=0o4711), file("usr/lib/x", "x"), *links], [gone("/real")])
    also = made.tree["/also"]
    assert ("file", 0o4711, 4) == (also.kind, also.mode, also.size)
    assert {"/also": b"text", "/lib/x": b"x", "/up/lib/x": b"x"} == made.texts(
        ["/also", "/lib/x", "/up/lib/x", "/loop", "/real"]
    )


def test_odd_names(image):
    """A name may be of any bytes, and no terminal is at its mercy."""
    made = image([file("\udcff\x1b[2J\n")])
    assert ["/\\xff\\x1b[2J\\x0a"] == [each.shown for each in made.every()]


def test_rights_in_attributes(image):
    """Capabilities of a file stand in its attributes."""
    ping = file("ping", attributes=(("SCHILY.xattr.security.capability", "x"),))
    assert [True, False] == [each.capabilities for each in image([ping, file("pong")]).every()]


@pytest.mark.parametrize(
    ("puts", "expected"),
    [
        ([file("../etc/passwd")], "layer 1 (0/layer.tar). '../etc/passwd' leads out of the image"),
        ([file("a/../../b")], "layer 1 (0/layer.tar). 'a/../../b' leads out of the image"),
        ([hard_link("a", "../../etc/shadow")], "layer 1 (0/layer.tar). '../../etc/shadow' leads out of the image"),
        (
            [hard_link("a", "b")],
            "what its layers make together. /a is a hard link to '/b', which is no file there",
        ),
        ([folder("b"), hard_link("a", "b")],
         "what its layers make together. /a is a hard link to '/b', which is no file there"),
    ],
)  # fmt: skip
def test_what_leads_out(wrong, puts, expected):
    """What would be written outside of the image, or leads to nothing, is an error; it was never written."""
    assert expected == wrong(lambda path: save(path, puts))


def test_what_is_cut_short(wrong):
    """An archive, a layer, a packed layer that ends too early."""
    layer = tarred([file("a", "x" * 3000)])
    assert "layer 1 (0/layer.tar). unexpected end of data" == wrong(lambda path: save(path, layer[:2000]))
    assert "its digest is" in wrong(lambda path: save(path, layer[:-512], digests=[f"sha256:{sha(layer)}"]))
    assert "Compressed file ended" in wrong(lambda path: _packed(path, layer))
    assert "its manifest. unexpected end of data" == wrong(lambda path: _cut(save(path, layer), 4000))
    assert "the archive. empty file" == wrong(lambda path: path.write_bytes(b""))
    assert "the archive" in wrong(lambda path: path.write_bytes(gzip.compress(layer)))
    assert "No such file" in wrong(lambda path: path.unlink(missing_ok=True))


def _packed(path, layer):
    save(path, gzip.compress(layer)[:-20], digests=[f"sha256:{sha(layer)}"])


def _cut(path, left):
    path.write_bytes(path.read_bytes()[:left])


def test_what_is_another(wrong):
    """A layer that is not the one the configuration tells of, or packed in a way that cannot be read."""
    digest = f"sha256:{'0' * 64}"
    assert f"the configuration says {digest}" in wrong(lambda path: save(path, [file("a")], digests=[digest]))
    assert "it is packed by zstd" in wrong(lambda path: save(path, b"\x28\xb5\x2f\xfd" + bytes(600)))
    assert "it tells of 2 layers, the manifest of 1" in wrong(lambda path: save(path, [], digests=[digest] * 2))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"a": b""}, "there is neither a manifest.json nor an index.json in it"),
        ({"manifest.json": b"[]"}, "it holds 0 images; one at a time is looked at"),
        ({"manifest.json": b"{}"}, "it holds 0 images; one at a time is looked at"),
        ({"manifest.json": b"[1, 2]"}, "it holds 2 images; one at a time is looked at"),
        ({"manifest.json": b"[1]"}, "manifest.json does not name a configuration and layers"),
        ({"manifest.json": b'[{"Config": "c", "Layers": [1]}]'}, "does not name a configuration and layers"),
        ({"manifest.json": b'[{"Config": "c", "Layers": []}]'}, "filename 'c' not found"),
        ({"manifest.json": b'[{"Config": "d", "Layers": []}]', "d/x": b""}, "d is no file in it"),
        ({"manifest.json": b'[{"Config": "c", "Layers": []}]', "c": b"[]"}, "does not read as the configuration"),
        ({"manifest.json": b'[{"Config": "c", "Layers": []}]', "c": b'{"rootfs": {"diff_ids": [1]}}'}, "list of words"),
        ({"manifest.json": b"["}, "its manifest. Expecting value"),
        ({"manifest.json": b"[" * 100_000}, "its manifest. maximum recursion depth exceeded"),
        ({"index.json": b'{"manifests": [{}]}'}, "index.json does not lead to a configuration and layers"),
    ],
)
def test_what_is_no_image(wrong, parts, expected):
    """An archive of something else is told from an image by what it lacks."""
    assert expected in wrong(lambda path: write(path, parts))


def test_what_is_too_large(wrong):
    """A layer that unpacks to more than is granted, more files than are granted, more layers, a larger manifest."""
    bomb = [file("zeros", bytes(10**6))]
    assert "unpacked it is larger than 100000 bytes" in wrong(
        lambda path: save(path, bomb, packed=True), Limits(size=10**5)
    )
    assert "holds more than 2 files" in wrong(
        lambda path: save(path, [file("a")], [file("b"), file("c")]), Limits(members=2)
    )
    assert "the manifest of 2; there may be 1" in wrong(lambda path: save(path, [], []), Limits(layers=1))
    assert "manifest.json is larger than 10 bytes" in wrong(lambda path: save(path, []), Limits(text=10))


def test_a_header_is_no_place_for_a_bomb(wrong):
    """A header that says of itself that it is large is not read into memory; nor is one that is less than nothing."""
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 10**7
    large = header.tobuf(tarfile.USTAR_FORMAT) + bytes(10**7 + 1024)
    assert "a header in it is larger than" in wrong(lambda path: save(path, large, packed=True))
    member = tarfile.TarInfo("a")
    member.size = -512
    assert "layer 1" in wrong(lambda path: save(path, member.tobuf(tarfile.GNU_FORMAT) + bytes(1024)))


def test_a_layer_that_stands_there_twice(tmp_path):
    """The second of two equal layers may be a link to the first, as older builders save them."""
    layer = tarred([file("a", "x")])
    config = json.dumps({"rootfs": {"diff_ids": [f"sha256:{sha(layer)}"] * 2}}).encode()
    listed = json.dumps([{"Config": "c.json", "Layers": ["1/layer.tar", "2/layer.tar"]}]).encode()
    made = io.BytesIO(tarred([
        file("1/layer.tar", layer), symlink("2/layer.tar", "../1/layer.tar"),
        file("c.json", config), file("manifest.json", listed),
    ]))  # fmt: skip
    path = tmp_path / "image.tar"
    path.write_bytes(made.getvalue())
    assert ["/a", "/a"] == [each.path for each in open_archive(path).every()]
