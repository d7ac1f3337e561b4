"""How large an image is, and what it is held against: measured apart, so that what grows one leaves the other."""

import io
import json
import platform
import tarfile
import zipfile

from benchmarks.images import installed, unpacked

CODE = "TEXT = '" + "x" * 100_000 + "'\n"
METADATA = "Metadata-Version: 2.1\nName: heavy\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def put(tar, name, data):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def image(path, *layers):
    """An archive whose layers hold files, by name; the image's size."""
    with tarfile.open(path, "w") as tar:
        for number, files in enumerate(layers):
            held = io.BytesIO()
            with tarfile.open(fileobj=held, mode="w") as layer:
                for name, data in files.items():
                    put(layer, name, data)
            put(tar, f"{number}.tar", held.getvalue())
        put(tar, "manifest.json", json.dumps([{"Layers": [f"{each}.tar" for each in range(len(layers))]}]).encode())
    return unpacked(path)


def test_an_image_that_holds_its_environment_twice(tmp_path):
    """It is larger by all of that; what it is held against is installed from lock and wheel, and is what it was."""
    app = {"app/heavy.py": CODE.encode()}
    once, twice = (image(tmp_path / f"{len(each)}.tar", *each) for each in ((app,), (app, app)))
    assert 2 * once == twice
    wheel = tmp_path / "heavy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        info = "heavy-1.0.dist-info"
        for name, text in {"heavy.py": CODE, f"{info}/METADATA": METADATA, f"{info}/WHEEL": WHEEL}.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", f"heavy.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    nothing = tmp_path / "requirements.txt"
    nothing.write_text("", encoding="utf-8")
    found = installed(nothing, wheel, python=platform.python_version())
    assert len(CODE) < found < 2 * len(CODE)
