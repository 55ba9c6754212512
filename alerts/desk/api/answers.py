"""Answers as JSON: amounts as numbers of yuan with two decimals, an error in two languages."""

from typing import Any, Final

import msgspec
from fastapi import Response

from alerts.desk.api.shapes import Refusal

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")

_REFUSALS: Final[dict[int, str]] = {
    400: "The request cannot be read",
    401: "No session or token that holds",
    403: "The role does not allow it",
    404: "There is none, or none in an area that the user may see",
    409: "Somebody else changed it since; the answer says who, when, and the version now",
    413: "Too large",
    422: "What is asked for cannot be; the answer says what was found and expected",
    429: "Too many requests",
}


def answer(value: Any, status: int = 200) -> Response:
    """A value of structs, mappings, lists, texts, numbers and Decimal yuan as JSON."""
    return Response(_ENCODER.encode(value), status, media_type="application/json")


def documented(*more: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that every route may answer, and some more, for the OpenAPI document."""
    statuses = sorted({400, 401, 403, 422, 429, *more})
    return {status: {"model": Refusal, "description": _REFUSALS[status]} for status in statuses}
