"""Whether a file is a CycloneDX document: `python -I validate.py VERSION FILE`, where cyclonedx-bom is installed.

Ends with 1, and says what is wrong, where it is not. Of the pack it takes what makes that a second faster.
"""

import contextlib
import importlib
import runpy
import sys
from pathlib import Path

_SOONER = Path(__file__).parents[2] / "cyclonedx.py"


def main() -> int:
    """0 when the file is what the schema asks for."""
    # Another version of the validator may do without either of them.
    with contextlib.suppress(ImportError):
        later = runpy.run_path(str(_SOONER))["import_with_parsers_later"]
        later("rfc3987_syntax", importlib.import_module("lark"))
    version = importlib.import_module("cyclonedx.schema").SchemaVersion.from_version(sys.argv[1])
    validator = importlib.import_module("cyclonedx.validation.json").JsonStrictValidator(version)
    wrong = validator.validate_str(Path(sys.argv[2]).read_text(encoding="utf-8"))
    if wrong is None:
        return 0
    place, message = (str(getattr(wrong.data, name, "")) for name in ("json_path", "message"))
    print(f"{sys.argv[2]} is no CycloneDX {sys.argv[1]}: {place} {message[:500] or wrong}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
