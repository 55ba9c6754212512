"""Lists of services in the words senders use."""

import pytest

from events.codes import Scheme
from rules.institution.services import covers


@pytest.mark.parametrize(
    ("services", "scheme", "expected"),
    [
        (("outpatient",), Scheme.GENERAL, True),
        (("outpatient",), Scheme.CHRONIC, True),
        (("outpatient",), Scheme.INPATIENT, False),
        (("普通门诊",), Scheme.CHRONIC, False),
        (("普通门诊", "门诊慢特病"), Scheme.CHRONIC, True),
        (("11", "21"), Scheme.REGISTRATION, True),
        (("11", "21"), Scheme.CHRONIC, False),
        (("购药",), Scheme.TWO_DISEASE, True),
        (("inpatient",), Scheme.PHARMACY, False),
        ((" Outpatient ",), Scheme.GENERAL, True),
        (("outpatient", "A类"), Scheme.INPATIENT, None),
        ((), Scheme.GENERAL, None),
        (("outpatient",), Scheme.OTHER, None),
    ],
)
def test_what_a_list_of_services_covers(
    services: tuple[str, ...], scheme: Scheme, expected: bool | None
) -> None:
    assert covers(services, scheme, "640100") is expected
