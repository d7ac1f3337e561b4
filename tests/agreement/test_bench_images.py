"""What was measured of images is what stands here, of this code, and within its bounds."""

from benchmarks.images import PAGE, code_digest, kept, page

MOST, LARGEST = 0.25, 1.15
"""A build after one changed line, to a cold one; the image, to its base and its virtual environment together."""


def test_it_is_of_this_code():
    """Whoever changes `quality/images` measures anew: `source scripts/engine.sh && nox -s bench-images`."""
    assert code_digest() == kept().code


def test_the_bounds():
    """A changed line costs a quarter of a cold build at most, and the image little beside what it is made of."""
    assert kept().rebuilt <= MOST * kept().cold
    assert kept().size <= LARGEST * (kept().base + kept().venv)


def test_the_page_is_fresh():
    """The page is made from what was measured."""
    assert PAGE.read_text(encoding="utf-8") == page(kept())
