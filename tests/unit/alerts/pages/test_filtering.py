"""What a page shows stands in its address, and an address can hold anything."""

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from alerts.desk.pages.filtering import HANDLINGS, ORDERS, View, view_of

_WORDS = st.text(min_size=1, max_size=20).map(str.strip).filter(bool)
_VIEWS = st.builds(
    View,
    areas=st.lists(_WORDS, unique=True, max_size=3).map(tuple),
    families=st.lists(_WORDS, unique=True, max_size=3).map(tuple),
    rules=st.lists(_WORDS, unique=True, max_size=3).map(tuple),
    severities=st.sets(st.sampled_from((1, 2, 3))).map(lambda found: tuple(sorted(found))),
    statuses=st.sampled_from(((), ("open",), ("withdrawn",), ("open", "withdrawn"))),
    handling=st.sampled_from(HANDLINGS),
    least=st.none() | st.integers(0, 10**12),
    most=st.none() | st.integers(0, 10**12),
    text=st.just("") | _WORDS,
    subject=st.just("") | _WORDS,
    within=st.sampled_from(("", "1h", "24h", "7d")),
    order=st.sampled_from(ORDERS),
)


@given(_VIEWS)
def test_a_view_comes_back_from_its_address(view: View) -> None:
    assert view_of(QueryParams(view.query)) == view


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ("severity", "least", "order", "within", "area", "status", "handling", "text")
            ),
            st.text(),
        )
    )
)
def test_any_address_is_a_view(pairs: list[tuple[str, str]]) -> None:
    view = view_of(QueryParams(pairs))
    assert view_of(QueryParams(view.query)) == view


def test_a_view_without_one_filter() -> None:
    view = View(severities=(1, 2), text="a", least=5)
    assert view.without("severities", 1) == View(severities=(2,), text="a", least=5)
    assert view.without("text").without("least").without("severities", 1).query == "severity=2"
