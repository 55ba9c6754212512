"""Renders the templates: the words of the reader's language, money, times and names."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from alerts.access.dependencies import caller_of
from alerts.access.roles import ROLES, at_least
from alerts.desk.pages.places import area_name, institution_name, subject_name
from alerts.desk.pages.wording import LANGUAGES, Language, Words, language_of, words
from events.money import yuan
from events.times import moment
from rules.clauses import load_clauses
from rules.reference import Reference

HERE: Final = Path(__file__).parent
ASSETS: Final = HERE / "assets"
LANGUAGE_COOKIE: Final = "fundwatch_language"
LANGUAGE_QUERY: Final = "lang"
_YEAR_SECONDS: Final = 365 * 86_400
_MINUS: Final = "\N{MINUS SIGN}"


def language_in(request: Request) -> Language:
    """The language that the reader asks for or chose before, Chinese where they chose none."""
    asked = request.query_params.get(LANGUAGE_QUERY)
    return language_of(asked or request.cookies.get(LANGUAGE_COOKIE))


class Renderer:
    """The templates with what they show things by; one for the application."""

    def __init__(self, reference: Reference, clock: Callable[[], int]) -> None:
        self.reference = reference
        self.clock = clock
        self._environments = {language: self._environment(language) for language in LANGUAGES}

    def text(self, name: str, language: Language, **values: Any) -> str:
        """A template as text, for a part of a page."""
        return self._environments[language].get_template(name).render(values)

    def page(
        self,
        request: Request,
        name: str,
        values: Mapping[str, Any] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """A whole page for whoever asks."""
        language = language_in(request)
        caller = caller_of(request)
        text = self.text(
            name,
            language,
            me=None if caller is None else caller.user,
            csrf="" if caller is None else caller.csrf,
            may=_may(None if caller is None else caller.user.role),
            path=request.url.path,
            other_language=request.url.path + "?" + _with_language(request, language),
            **(values or {}),
        )
        response = HTMLResponse(text, status_code=status)
        if LANGUAGE_QUERY in request.query_params:
            response.set_cookie(
                LANGUAGE_COOKIE, language, max_age=_YEAR_SECONDS, httponly=True, samesite="lax"
            )
        return response

    def _environment(self, language: Language) -> Environment:
        spoken = words(language)
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.globals |= {
            "t": spoken,
            "words": {name: words(name) for name in LANGUAGES},
            "now_ms": self.clock,
            "asset": _asset,
        }
        environment.filters |= {
            "money": money,
            "fen": lambda amount: money(yuan(amount)),
            "number": lambda value: f"{value:,}",
            "time": clock_time,
            "stamp": lambda ms: clock_time(moment(ms // 1000)),
            "day": lambda seconds: moment(seconds).date().isoformat(),
            "ago": lambda ms: self._ago(ms, spoken),
            "gap": lambda seconds: gap(seconds, spoken),
            "area": lambda code: area_name(self.reference, code),
            "institution": lambda code: institution_name(self.reference, code),
            "subject": lambda alert: subject_name(
                self.reference, spoken, alert.subject_type, alert.subject
            ),
            "cites": cites,
            "spoken": lambda thing, name: getattr(thing, f"{name}_{language}"),
            "plain": plain,
        }
        return environment

    def _ago(self, ms: int, spoken: Words) -> str:
        minutes = max(0, self.clock() - ms) // 60_000
        if minutes < 1:
            return spoken("ago.now")
        if minutes < 60:
            return spoken("ago.minutes", n=minutes)
        if minutes < 48 * 60:
            return spoken("ago.hours", n=minutes // 60)
        return spoken("ago.days", n=minutes // (24 * 60))


def gap(seconds: int, spoken: Words) -> str:
    """How much later something happened, in the largest unit that tells it well."""
    for name, size, least in (("days", 86_400, 2), ("hours", 3600, 2), ("minutes", 60, 2)):
        if seconds >= size * least:
            return spoken(f"gap.{name}", n=seconds // size)
    return spoken("gap.seconds", n=seconds)


def money(amount: Decimal) -> str:
    """Yuan with thousands separators and two decimals."""
    text = f"{abs(amount):,.2f}"
    return f"{_MINUS}{text}" if amount < 0 else text


def clock_time(at: datetime | date | None) -> Markup:
    """A time to the second, or a date, for machines too; nothing for none."""
    if at is None:
        return Markup("")
    form = "%Y-%m-%d %H:%M:%S" if isinstance(at, datetime) else "%Y-%m-%d"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), at.strftime(form))


def cites(names: tuple[str, ...]) -> list[str]:
    """What an alert cites, shortly: the article of a clause with its document, each once."""
    known = load_clauses()
    told = (known[name].cite if name in known else name for name in names)
    return list(dict.fromkeys(told))


def plain(value: object) -> str:
    """A value of evidence as people read it."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, Decimal):
        return money(value) if value.as_tuple().exponent == -2 else f"{value:,}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        return "、".join(plain(item) for item in value) or "—"
    if isinstance(value, Mapping):
        return "；".join(f"{name} {plain(item)}" for name, item in value.items()) or "—"
    return str(value)


def _may(role: Any) -> Callable[[str], bool]:
    """Whether the reader's role includes another; nobody's includes none."""

    def may(needed: str) -> bool:
        return role is not None and any(
            known == needed and at_least(role, known) for known in ROLES
        )

    return may


def _with_language(request: Request, language: Language) -> str:
    """The query of the same page in the other language."""
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != LANGUAGE_QUERY]
    other = next(known for known in LANGUAGES if known != language)
    return urlencode([*pairs, (LANGUAGE_QUERY, other)])


def _asset(name: str) -> str:
    """The address of an asset, which changes with what is in it."""
    mark = sha256((ASSETS / name).read_bytes()).hexdigest()[:12]
    return f"/assets/{name}?v={mark}"
