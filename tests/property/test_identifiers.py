from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from events.identifiers import (
    birth_date_of,
    check_identity,
    check_item,
    check_receipt,
    check_trace,
    check_uscc,
    identity_check_digit,
    is_identity,
    message_id,
    sex_of,
    trace_strength,
    upgrade_identity,
    uscc_check_sign,
)

PROVINCES = st.sampled_from(["11", "15", "32", "43", "51", "64"])
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
births = st.dates(date(1900, 1, 1), date(2030, 12, 31))


@st.composite
def identities(draw: st.DrawFn) -> str:
    area = draw(PROVINCES) + f"{draw(st.integers(0, 9999)):04}"
    first17 = area + f"{draw(births):%Y%m%d}" + f"{draw(st.integers(0, 999)):03}"
    return first17 + identity_check_digit(first17)


@given(identities())
def test_a_made_identity_number_is_good_and_tells_its_parts(identity: str) -> None:
    assert is_identity(identity)
    born = birth_date_of(identity)
    assert born is not None
    assert f"{born:%Y%m%d}" == identity[6:14]
    assert sex_of(identity) == ("1" if int(identity[16]) % 2 else "2")


@given(identities(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(identity: str, place: int, shift: int) -> None:
    wrong = str((int(identity[place]) + shift) % 10)
    assert not is_identity(identity[:place] + wrong + identity[place + 1 :])


@given(identities(), st.integers(0, 15))
def test_two_swapped_digits_are_always_found(identity: str, place: int) -> None:
    first, second = identity[place], identity[place + 1]
    swapped = identity[:place] + second + first + identity[place + 2 :]
    assert is_identity(swapped) is (first == second)


@given(identities())
def test_the_old_form_is_upgraded_to_the_new(identity: str) -> None:
    if identity[6:8] == "19":
        assert upgrade_identity(identity[:6] + identity[8:17]) == identity
    assert upgrade_identity(identity.lower()) == identity


@given(
    st.text(SIGNS, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(SIGNS, min_size=9, max_size=9),
    st.integers(0, 16),
)
def test_credit_codes_check_themselves(kind: str, area: str, body: str, place: int) -> None:
    first17 = kind + area + body
    whole = first17 + uscc_check_sign(first17)
    assert check_uscc(whole) is None
    other = str((int(whole[place]) + 1) % 10) if whole[place].isdigit() else "0"
    assert check_uscc(whole[:place] + other + whole[place + 1 :]) is not None


@given(st.text())
def test_no_text_whatever_breaks_a_check(text: str) -> None:
    problem = check_identity(text)
    assert problem is None or problem.code
    check_item(text)
    check_trace(text)
    trace_strength(text)
    check_receipt(text, text)
    check_uscc(text)
    message_id(text)
    birth_date_of(text)
    sex_of(text)
    upgrade_identity(text)
