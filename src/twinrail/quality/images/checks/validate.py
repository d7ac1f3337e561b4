"""Whether a file is a CycloneDX document: `python -I validate.py VERSION FILE`, where cyclonedx-bom is installed.

Ends with 1, and says what is wrong, where it is not. Imports nothing else of the pack.
"""

import importlib
import sys
from pathlib import Path


def main() -> int:
    """0 when the file is what the schema asks for."""
    version = importlib.import_module("cyclonedx.schema").SchemaVersion.from_version(sys.argv[1])
    validator = importlib.import_module("cyclonedx.validation.json").JsonStrictValidator(version)
    wrong = validator.validate_str(Path(sys.argv[2]).read_text(encoding="utf-8"))
    if wrong is None:
        return 0
    print(f"{sys.argv[2]} is no CycloneDX {sys.argv[1]}: {str(wrong)[:2000]}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
