"""The door for `python -m twinrail`."""

from twinrail.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
