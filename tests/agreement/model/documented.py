"""Expressions and what they are worth, from the tables and sentences of GitHub's documentation.

Where that is silent (octal numbers, NaN, order of lists), from the tests of GitHub's own reader of expressions,
actions/languageservices, expressions/testdata.
"""

from agreement.model.values import ExpressionError

FRUITS = [{"name": "apple", "sorts": ["cox"]}, {"name": "pear", "sorts": ["conference", "nashi"]}, {"price": 1}]
CONTEXT = {
    "github": {"ref": "refs/heads/main", "event_name": "push", "run_number": 7.0, "event": {"draft": False}},
    "inputs": {"path": ".", "deploy": True, "timeout": 30.0, "empty": ""},
    "needs": {"build": {"result": "success", "outputs": {"digest-a": "sha256:1", "plan": '["a", "b"]'}}},
    "fruits": FRUITS,
    "basket": {"one": {"n": 1.0}, "two": {"n": 2.0}, "none": None},
}
STATUS = {"success": False, "failure": True, "always": True, "cancelled": False}

WORTH = [
    # Literals
    ("null", None), ("true", True), ("false", False), ("711", 711.0), ("-9.2", -9.2), ("0xff", 255.0), ("0o17", 15.0),
    ("-2.99e-2", -0.0299), (".5", 0.5), ("'It''s open source!'", "It's open source!"), ("''", ""),
    ("'a }} b'", "a }} b"),
    # Equality, with the coercions to numbers
    ("1 == '1'", True), ("1 == '0x1'", True), ("1 == 'one'", False), ("1 != 'one'", True), ("null == 0", True),
    ("null == ''", True), ("null == false", True), ("true == 1", True), ("true == '1'", True),
    ("true == 'true'", False), ("'' == 0", True), ("' ' == 0", True), ("'Main' == 'mAIN'", True),
    ("'ß' == 'ss'", False), ("NaN == NaN", False), ("NaN != NaN", True), ("fruits == fruits", True),
    ("fruits == fromJSON(toJSON(fruits))", False), ("fruits == 'Array'", False),
    ("github.event == github.event", True), ("github.missing == null", True), ("github.missing == ''", True),
    # Order
    ("2 < 10", True), ("'2' < '10'", False), ("'2' < 10", True), ("'a' < 'B'", True), ("'b' > 'A'", True),
    ("1 <= 1", True), ("true > false", True), ("null < 1", True), ("null >= 0", True), ("NaN < 1", False),
    ("'x' >= 1", False), ("fruits >= fruits", True), ("fruits > 0", False),
    # And, or, not, and what binds more
    ("'a' && 'b'", "b"), ("'' && 'b'", ""), ("0 && 'b'", 0.0), ("null || 'x'", "x"), ("'a' || 'b'", "a"),
    ("false || ''", ""), ("NaN || 'x'", "x"), ("fromJSON('[]') && 'x'", "x"), ("fromJSON('{}') && 'x'", "x"),
    ("'false' && 'x'", "x"), ("!'false'", False), ("!''", True), ("!null", True), ("!!1", True),
    ("!inputs.deploy", False), ("1 || 2 && 3", 1.0), ("(1 || 2) && 3", 3.0), ("3 < 2 < 1", True),
    ("3 < (2 < 1)", False), ("2 <= 3 == true", True), ("2 == 2 == 1", True), ("!2 < 3", True), ("!(2 < 3)", False),
    ("1 == 1 && 2", 2.0), ("false && 0 || null", None),
    # Contexts
    ("github.ref", "refs/heads/main"), ("GitHub.REF", "refs/heads/main"), ("github['ref']", "refs/heads/main"),
    ("github.missing", None), ("github.missing.more", None), ("github.ref.length", None), ("fruits[1].name", "pear"),
    ("fruits['1'].name", "pear"), ("fruits[1.9].name", "pear"), ("fruits[9]", None), ("fruits[-1]", None),
    ("fruits.*.name", ["apple", "pear"]), ("fruits[*].name", ["apple", "pear"]), ("fruits.*.sorts[1]", ["nashi"]),
    ("fruits.*.sorts.*", ["cox", "conference", "nashi"]), ("basket.*.n", [1.0, 2.0]),
    ("basket.*", [{"n": 1.0}, {"n": 2.0}, None]), ("github.ref.*", []), ("needs.build.outputs.digest-a", "sha256:1"),
    ("needs.build.outputs['digest-a']", "sha256:1"), ("needs['build'].result", "success"),
    ("needs.gone.result", None), ("fromJSON('{\"true\": 5}').true", 5.0), ("(fruits)[0].name", "apple"),
    ("basket[format('{0}ne', 'o')].n", 1.0),
    # Functions
    ("contains('Hello world', 'LLO')", True), ("contains('abc', '')", True), ("contains(123, 2)", True),
    ("contains(fromJSON('[\"push\", \"pull_request\"]'), github.event_name)", True),
    ("contains(fruits.*.name, 'PEAR')", True), ("contains(fromJSON('[1]'), '1')", True),
    ("contains(fromJSON('[\"abc\"]'), 'b')", False), ("contains(github, 'ref')", False),
    ("contains(null, 'a')", False), ("startsWith('Hello', 'hE')", True),
    ("startsWith(github.ref, 'refs/tags/')", False), ("startsWith('x', null)", True),
    ("endsWith('Hello', 'LO')", True), ("endsWith(fruits, 'y')", False),
    ("format('Hello {0} {1} {0}', 'Mona', 7)", "Hello Mona 7 Mona"),
    ("format('{{Hello {0}!}}', true)", "{Hello true!}"), ("format('{{{{0}}}}', 'abc')", "{{0}}"),
    ("format('{0}|{1}|{2}', null, fruits, github)", "|Array|Object"), ("join(fruits.*.name)", "apple,pear"),
    ("join(fruits.*.name, ' + ')", "apple + pear"), ("join('one', '-')", "one"),
    ("join(fromJSON('[1, true, null]'))", "1,true,"), ("join(github)", ""), ("toJSON('a\"b')", '"a\\"b"'),
    ("toJSON(1.0)", "1"), ("toJSON(null)", "null"),
    ("toJSON(fromJSON('[1,[],{\"a\":1.5}]'))", '[\n  1,\n  [],\n  {\n    "a": 1.5\n  }\n]'),
    ("fromJSON('true')", True), ("fromJSON('30') + 0", ExpressionError),
    ("fromJSON(needs.build.outputs.plan)[1]", "b"), ("fromJSON(inputs.deploy)", True), ("tojson(FROMJSON('2'))", "2"),
    ("case(github.ref == 'refs/heads/main', 'production', 'development')", "production"),
    ("case(false, 1, 1 == 2, 2, 3)", 3.0), ("case(false, 1, true, 2, 3)", 2.0), ("success()", False),
    ("failure() && !cancelled()", True), ("Always() && 'x'", "x"),
    # What GitHub refuses
    ("", ExpressionError), ('"double"', ExpressionError), ("'open", ExpressionError), ("a = b", ExpressionError),
    ("1 & 2", ExpressionError), ("1abc", ExpressionError), ("unknown.ref", ExpressionError),
    ("github.1", ExpressionError), ("'text'.length", ExpressionError), ("(1", ExpressionError),
    ("1 2", ExpressionError), ("github.", ExpressionError), ("frobnicate()", ExpressionError),
    ("contains('a')", ExpressionError), ("case(true, 1)", ExpressionError),
    ("case(true, 1, false, 2)", ExpressionError), ("case('x', 1, 2)", ExpressionError),
    ("case(1, 1, 2)", ExpressionError), ("format('{0}')", ExpressionError), ("format('{0', 1)", ExpressionError),
    ("format('}', 1)", ExpressionError), ("fromJSON('')", ExpressionError), ("fromJSON('{')", ExpressionError),
    ("hashFiles('uv.lock')", ExpressionError), ("success(1)", ExpressionError), ("join(fruits,)", ExpressionError),
    ("github.ref@1", ExpressionError),
]  # fmt: skip
"""An expression, and its value in `CONTEXT` with `STATUS`, or that it is refused."""
