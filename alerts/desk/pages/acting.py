"""What forms send, read: amounts in yuan, several values of a name, and where it goes on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.datastructures import FormData

from alerts.access.gate import RefusedError
from alerts.cases.causes import PARTIES, causes, dismissals
from alerts.cases.refusals import wrong
from alerts.cases.work import UNNAMED
from alerts.desk.pages.rendering import language_in
from alerts.desk.pages.wording import Words
from alerts.ledger import Ledger
from events.money import fen

_MOST_FIELDS: Final = 1000


async def form_of(request: Request) -> FormData:
    """The form of a request, without files; a dependency of the routes that take one."""
    return await request.form(max_files=0, max_fields=_MOST_FIELDS)


def text(form: FormData, name: str) -> str:
    """A field, empty where it was not sent."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def texts(form: FormData, name: str) -> list[str]:
    """All values of a field that are not empty."""
    return [value for value in form.getlist(name) if isinstance(value, str) and value.strip()]


def version(form: FormData) -> int:
    """The version that the actor saw; -1, which is none's, where it was not sent."""
    value = text(form, "version")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else -1


def amount(form: FormData, name: str) -> int:
    """An amount in fen from yuan, -1 where none was named. Raises RefusedError (422)."""
    value = text(form, name).replace(",", "").replace("，", "").strip()
    if not value:
        return UNNAMED
    try:
        return int(fen(value))
    except ValueError:
        raise wrong(
            "金额须为元，至多两位小数", f"found {value[:30]!r}, expected yuan with two decimals"
        ) from None


@contextmanager
def writing(ledger: Ledger) -> Iterator[Connection]:
    """A transaction for what a person does; what they are refused undoes it."""
    with ledger.begin() as connection:
        yield connection


def onward(path: str, done: str) -> Response:
    """Back to a page that says what was done, so that loading it again does nothing twice."""
    return RedirectResponse(f"{path}?done={done}", status_code=303)


def told(request: Request, refused: RefusedError) -> str:
    """Why something was refused, in the reader's language."""
    return refused.zh if language_in(request) == "zh" else refused.en


def done_text(request: Request, words: Words) -> str:
    """What the address says was done; nothing for what is not known."""
    key = f"done.{request.query_params.get('done', '')}"
    return words(key) if words.has(key) else ""


def choices(language: str) -> Mapping[str, Any]:
    """What the forms offer: causes by party, reasons for dismissing."""
    index = 0 if language == "zh" else 1
    grouped: dict[str, list[tuple[str, str]]] = {}
    for cause in causes().values():
        name = cause.zh if language == "zh" else cause.en
        grouped.setdefault(PARTIES[cause.party][index], []).append(
            (cause.code, f"{cause.article} {name}" if language == "zh" else name)
        )
    reasons = [
        (reason.code, reason.zh if language == "zh" else reason.en)
        for reason in dismissals().values()
    ]
    return {"causes": list(grouped.items()), "dismissals": reasons}
