"""Modules are small, named after what they hold, and carry no exemptions from the checks."""

import io
import re
import tokenize
from typing import Final

from tests.architecture.sources import PRODUCT, sources

EVERYWHERE: Final = (*PRODUCT, "benchmarks", "tests")
MAX_LINES: Final = 400
REASON: Final = "One module, because"
EMPTY_NAMES: Final = re.compile(r"^_?(utils?|helpers?|common|misc|base_impl|\w*manager)$")
EXEMPTION: Final = re.compile(r"#\s*(noqa|type:\s*ignore|mypy:|ruff:|TODO|FIXME|XXX)")


def test_a_long_module_says_why_it_is_one() -> None:
    long = [
        f"{source.path} has {lines} lines: split it, or begin a sentence of its docstring with"
        f' "{REASON}"'
        for source in sources(*EVERYWHERE)
        if (lines := len(source.text.splitlines())) > MAX_LINES
        and REASON not in " ".join(source.docstring.split())
    ]

    assert not long, "\n".join(long)


def test_names_say_what_a_module_holds() -> None:
    empty = [
        str(source.path)
        for source in sources(*EVERYWHERE)
        if any(EMPTY_NAMES.match(part.removesuffix(".py")) for part in source.path.parts)
    ]

    assert not empty, "\n".join(empty)


def test_no_comment_switches_a_check_off() -> None:
    exempted = [
        f"{source.path}:{token.start[0]} {token.string}"
        for source in sources(*EVERYWHERE)
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline)
        if token.type == tokenize.COMMENT and EXEMPTION.search(token.string)
    ]

    assert not exempted, "\n".join(exempted)
