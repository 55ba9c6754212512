"""Every word that the pages show, in Chinese and English, from `words.yaml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from rules.strict_yaml import DataFileError, read_mapping

Language = Literal["zh", "en"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT: Final[Language] = "zh"
WORDS: Final = Path(__file__).parent / "words.yaml"


class Words:
    """The words of one language.

    Called with a key and the values of its gaps; `of` names the value of an enumeration and gives
    the value itself where it has no name, so that a code nobody foresaw is still shown.
    """

    def __init__(self, language: Language, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key with its gaps filled. Raises KeyError for a key nobody wrote."""
        text = self._texts[key]
        return text.format(**values) if values else text

    def of(self, group: str, value: object) -> str:
        """The name of a value of a group (`severity`, 1), else the value as text."""
        return self._texts.get(f"{group}.{value}", str(value))

    def has(self, key: str) -> bool:
        """Whether there is a text under a key."""
        return key in self._texts

    @property
    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._texts)

    def group(self, group: str) -> dict[str, str]:
        """The names of a group by value, in the order of the file."""
        begin = f"{group}."
        return {
            key.removeprefix(begin): text
            for key, text in self._texts.items()
            if key.startswith(begin)
        }


def language_of(name: str | None) -> Language:
    """The language of a name, Chinese for one that is not known."""
    return next((language for language in LANGUAGES if language == name), DEFAULT)


@cache
def words(language: Language) -> Words:
    """The words of a language, read once. Raises DataFileError naming the key that is wrong."""
    texts: dict[str, str] = {}
    for key, value in read_mapping(WORDS).items():
        text = value.get(language) if isinstance(value, Mapping) else None
        if not isinstance(text, str) or not text:
            raise DataFileError(f"{WORDS}: {key}: found {value!r}, expected zh and en")
        texts[key] = text
    return Words(language, texts)
