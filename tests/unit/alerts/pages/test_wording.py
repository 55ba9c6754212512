"""Both languages have every word, with the same gaps, and the templates ask for no others."""

import re
from string import Formatter

import pytest

from alerts.desk.pages.rendering import HERE
from alerts.desk.pages.wording import LANGUAGES, language_of, words
from rules.registry import FAMILIES, load_rules

_ASKED = re.compile(r"\bt\('([a-z_0-9.]+)'[,)]")
_GROUPS = re.compile(r"\bt\.(?:of|group)\('([a-z_0-9.]+)'")


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_gaps() -> None:
    zh, en = (words(language) for language in LANGUAGES)
    keys = zh.keys
    assert keys == en.keys
    differing = [key for key in keys if _gaps(zh(key)) != _gaps(en(key))]
    assert differing == []
    assert len(keys) > 300


def test_templates_ask_for_words_that_are_there() -> None:
    zh = words("zh")
    asked: set[str] = set()
    groups: set[str] = set()
    for path in (HERE / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        asked |= set(_ASKED.findall(text))
        groups |= set(_GROUPS.findall(text))
    assert len(asked) > 60
    assert sorted(key for key in asked if not zh.has(key)) == []
    assert sorted(group for group in groups if not zh.group(group)) == []


def test_every_family_severity_and_subject_has_a_name() -> None:
    zh = words("zh")
    metas = [rule.meta for rule in load_rules(shadow=True)]
    assert len(FAMILIES) > 5
    assert {meta.family for meta in metas} - zh.group("family").keys() == set()
    assert {rule.subject for rule in load_rules(shadow=True)} - zh.group(
        "subject_type"
    ).keys() == set()


@pytest.mark.parametrize(("asked", "got"), [("en", "en"), ("zh", "zh"), (None, "zh"), ("xx", "zh")])
def test_an_unknown_language_is_chinese(asked: str | None, got: str) -> None:
    assert language_of(asked) == got
