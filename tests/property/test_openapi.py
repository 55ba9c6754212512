"""The API against its own OpenAPI document: what fits it and what does not is answered."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from alerts.access import tokens, users
from alerts.access.limiting import Limits
from alerts.access.users import User
from alerts.cases.opening import open_case
from alerts.desk.application import make_desk
from alerts.ledger import Ledger
from alerts.ledger.journal import Verified, verify_journal
from tests.unit.alerts.cases.stories import CERTNO, LI, NOW_MS, PERSON, with_alerts, with_events

CHECKS: Final[list[CheckFunction]] = [
    not_a_server_error,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger with alerts and a case, whose journal still holds after everything."""
    folder = tmp_path_factory.mktemp("ledger")
    with Ledger.open(f"sqlite:///{folder / 'ledger.db'}") as opened:
        with_alerts(opened)
        with_events(opened)
        with opened.begin() as connection:
            open_case(connection, LI, NOW_MS, ("a", "b"))
        yield opened
        with opened.read() as connection:
            assert isinstance(verify_journal(connection), Verified)


@pytest.fixture(scope="module")
def secret(ledger: Ledger) -> str:
    """The token of an administrator."""
    with ledger.begin() as connection:
        users.add(connection, User("admin", "administrator"), NOW_MS, "test")
        users.add(connection, User("other", "administrator"), NOW_MS, "test")
        return tokens.make(connection, "admin", "", NOW_MS, "test")[1]


@pytest.fixture(scope="module")
def desk(ledger: Ledger) -> FastAPI:
    """The desk that is asked."""
    return make_desk(ledger, "0.0.0.0:8350", public_url="http://testserver", clock=lambda: NOW_MS)


@pytest.fixture(scope="module")
def api(desk: FastAPI, secret: str) -> Any:
    """The document, as the desk itself gives it out."""
    headers = {"Authorization": f"Bearer {secret}"}
    return schemathesis.openapi.from_asgi("/v1/openapi.json", desk, headers=headers)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_asked_is_answered(
    api: Any, desk: FastAPI, secret: str, mode: GenerationMode
) -> None:
    """Every operation, by questions that fit its description and by those that do not."""
    headers = {"Authorization": f"Bearer {secret}"}
    asked = 0
    for found in api.get_all_operations():
        operation = found.ok()
        try:
            questions = operation.as_strategy(generation_mode=mode)
            asked += _examined(questions, headers, desk.state.gate.limits)
        except Unsatisfiable:
            # Without parameters or body there is nothing that would not fit.
            assert mode is GenerationMode.NEGATIVE
    assert asked > 100


def _examined(
    questions: SearchStrategy[schemathesis.Case[Any]], headers: dict[str, str], limits: Limits
) -> int:
    asked = 0

    # A question says enough as it is; making it smaller asks thousands more.
    @settings(
        max_examples=12,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=(Phase.explicit, Phase.generate),
    )
    @given(questions)
    def examine(case: schemathesis.Case[Any]) -> None:
        nonlocal asked
        asked += 1
        # The checks try wrong tokens as well, and so many that they would be told to wait.
        limits.forget()
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS, headers=headers)
        assert CERTNO not in response.text
        assert PERSON not in response.text

    examine()
    return asked
