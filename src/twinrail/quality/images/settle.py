"""Makes what a stage leaves the same each time: `settle.py FOLDER TIME`; the folder will be laid on the image's root.

Runs in a stage of the build, by the Python of the image. Every module is compiled here, because nothing can be written
where it runs, and held to be what its source is; every file, folder and link gets one time. Standard library only.
"""

import compileall
import os
import py_compile
import sys
from pathlib import Path


def main(folder: Path, time: int) -> int:
    """0 when it was done; what does not compile, as in a package for several Pythons, stays as it is."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder, quiet=2, invalidation_mode=mode, stripdir=str(folder), prependdir="/")
    # A builder may know a folder by what is in its files alone, and take one of another time for the same.
    (folder / "app" / ".time").write_text(f"{time}\n", encoding="utf-8")
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (time, time), follow_symlinks=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2])))
