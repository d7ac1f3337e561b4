"""docs/pitfalls.md and the tests that it names."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/pitfalls.md"
TESTS = Path(__file__).parent / "test_pitfalls.py"


def test_each_row_of_the_page_names_its_test():
    """Seventeen rows, numbered, each with the name of a test; each test has a row."""
    rows = re.findall(r"^\| (\d+) \|.*\| `(test_\w+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [str(number) for number in range(1, 18)] == [number for number, _ in rows]
    tree = ast.parse(TESTS.read_text(encoding="utf-8"))
    tests = {each.name: ast.get_docstring(each) for each in tree.body if isinstance(each, ast.FunctionDef)}
    ours = [name for name, says in tests.items() if says and re.match(r"\d+: ", says)]
    assert ours == [name for _, name in rows]
    assert [number for number, _ in rows] == [tests[name].partition(":")[0] for name in ours]
