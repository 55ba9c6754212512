"""The HTTP API over a real PostgreSQL: the tests of the desk once more, with another ledger."""

from collections.abc import Iterator

import pytest

from alerts.ledger import Ledger
from tests.unit.alerts.cases.stories import with_alerts, with_events
from tests.unit.alerts.conftest import asking, desk, stranger, wall
from tests.unit.alerts.desk.test_api import (
    test_a_day_at_the_desk,
    test_a_tip_opens_a_case,
    test_filters,
    test_odd_text_comes_back_as_text,
    test_pages_and_feed_miss_nothing,
    test_the_steps_of_a_case,
    test_users_and_tokens,
)
from tests.unit.alerts.desk.test_closed import (
    ids,
    test_another_area_finds_nothing,
    test_with_role_and_area_everything_answers,
)
from tests.unit.alerts.webhooks.test_delivering import (
    test_a_subject_waits_for_its_first_and_others_do_not,
    test_of_two_desks_one_sends,
    test_only_what_is_asked_for_is_told,
)

__all__ = [
    "asking",
    "desk",
    "ids",
    "stranger",
    "test_a_day_at_the_desk",
    "test_a_subject_waits_for_its_first_and_others_do_not",
    "test_a_tip_opens_a_case",
    "test_another_area_finds_nothing",
    "test_filters",
    "test_odd_text_comes_back_as_text",
    "test_of_two_desks_one_sends",
    "test_only_what_is_asked_for_is_told",
    "test_pages_and_feed_miss_nothing",
    "test_the_steps_of_a_case",
    "test_users_and_tokens",
    "test_with_role_and_area_everything_answers",
    "wall",
]


@pytest.fixture
def ledger(postgres_db: str, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """A ledger in PostgreSQL, with the alerts that the tests of the API begin with."""
    with Ledger.open(postgres_db) as opened:
        if "asking" in request.fixturenames and "ids" not in request.fixturenames:
            with_alerts(opened)
            with_events(opened)
        yield opened
