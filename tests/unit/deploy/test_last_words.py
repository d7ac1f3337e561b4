"""What is told of a release's log when it was turned back."""

from twinrail.deploy.last_words import last_words


def test_trouble_comes_before_the_rest():
    """Of a chatty log the lines that speak of trouble are told, in their order, at most three."""
    lines = ["GET / 200", "ERROR one", "GET / 200", "KeyError: 'a'", "Traceback", "fatal: two", "GET / 200", ""]
    assert ("KeyError: 'a'", "Traceback", "fatal: two") == last_words(lines)


def test_quiet_log():
    """Where nothing speaks of trouble the last lines are told; of an empty log nothing."""
    assert ("b", "c", "d") == last_words(["a", "b", "c", " ", "d\n"])
    assert () == last_words(["", "  "])


def test_the_same_again():
    """What differs by numbers and ids alone is told once, as it was said last."""
    lines = [f"12:00:0{each} error in request {each:08x}{each:08x}" for each in range(5)]
    assert (lines[-1],) == last_words(lines)


def test_long_line_keeps_its_end():
    """A long line keeps its beginning and its end, where a traceback names the cause."""
    (told,) = last_words(['{"level": "error", "exception": "' + "x" * 5000 + "KeyError: 'currency'\"}"])
    assert (153, True, True) == (
        len(told),
        told.startswith('{"level": "error"'),
        told.endswith("KeyError: 'currency'\"}"),
    )
