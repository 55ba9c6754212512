"""The query parameters that choose alerts and cases."""

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from alerts.access.dependencies import within
from alerts.access.users import User
from alerts.cases.case import CaseFilters, Source, Status
from alerts.cases.listing import Order, Snoozed, WorkFilters
from alerts.cases.work import Verdict
from alerts.desk.api.shapes import Amount, Area, Id
from alerts.ledger.reading import STANDING, Filters
from events.money import fen

Ids = Annotated[list[Id], Field(max_length=50)]
Areas = Annotated[list[Area], Field(max_length=50)]
Short = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Seconds = Annotated[int, Field(ge=-(2**40), le=2**40)]
Severity = Annotated[int, Field(ge=1, le=3)]
Place = Annotated[int, Field(ge=0, lt=2**62)]
VerdictAsked = Literal["none", "confirmed", "dismissed"]
_VERDICTS: Final[dict[VerdictAsked, Verdict]] = {
    "none": "",
    "confirmed": "confirmed",
    "dismissed": "dismissed",
}


class AlertFilters(BaseModel):
    """Which alerts; several values of one are or'ed. Amounts in yuan, both ends included.

    `since` and `until` are epoch seconds of event time, the latter excluded.
    """

    model_config = ConfigDict(extra="forbid")

    area: Areas = Field(default=[])
    family: Ids = Field(default=[])
    rule: Ids = Field(default=[])
    severity: Annotated[list[Severity], Field(max_length=3)] = Field(default=[])
    status: Annotated[list[Literal["open", "withdrawn", "retracted"]], Field(max_length=3)] = Field(
        default=[]
    )
    subject: Short = ""
    least_amount: Amount | None = None
    most_amount: Amount | None = None
    since: Seconds | None = None
    until: Seconds | None = None
    text: Short = ""

    def chosen(self, user: User, *, standing: bool) -> Filters:
        """The filters, kept to what a user may see; retracted alerts only if named, if standing."""
        statuses = tuple(self.status) or (STANDING if standing else ())
        filters = Filters(
            areas=tuple(self.area),
            families=tuple(self.family),
            rules=tuple(self.rule),
            severities=tuple(self.severity),
            statuses=statuses,
            subject=self.subject,
            least_amount=_fen(self.least_amount),
            most_amount=_fen(self.most_amount),
            since=self.since,
            until=self.until,
            text=self.text.strip(),
        )
        return within(user, filters)


class AlertQuery(AlertFilters):
    """Which alerts, by the work on them too, in which order, and which page.

    `verdict=none` is for alerts without one; `snoozed` hides, shows or picks those that a snooze
    hides. With `after` it is a feed: what changed since that place, oldest first.
    """

    verdict: Annotated[list[VerdictAsked], Field(max_length=3)] = Field(default=[])
    taken: bool | None = None
    taken_by: Short = ""
    case_id: Short = ""
    snoozed: Snoozed = "hide"
    order: Order = "changed"
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    before: Place | None = None
    after: Place | None = None

    def work(self) -> WorkFilters:
        """The filters by work."""
        return WorkFilters(
            tuple(_VERDICTS[one] for one in self.verdict),
            self.taken,
            self.taken_by,
            self.case_id,
            self.snoozed,
        )


class CaseQuery(BaseModel):
    """Which cases, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    area: Areas = Field(default=[])
    status: Annotated[list[Status], Field(max_length=5)] = Field(default=[])
    verdict: Annotated[list[VerdictAsked], Field(max_length=3)] = Field(default=[])
    source: Annotated[list[Source], Field(max_length=5)] = Field(default=[])
    subject: Short = ""
    taken_by: Short = ""
    text: Short = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0

    def chosen(self) -> CaseFilters:
        """The filters."""
        return CaseFilters(
            areas=tuple(self.area),
            statuses=tuple(self.status),
            verdicts=tuple(_VERDICTS[one] for one in self.verdict),
            sources=tuple(self.source),
            subject=self.subject,
            taken_by=self.taken_by,
            text=self.text.strip(),
        )


def _fen(amount: Decimal | None) -> int | None:
    return None if amount is None else int(fen(amount))
