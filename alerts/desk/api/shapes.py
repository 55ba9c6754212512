"""The shapes of questions and answers, as the OpenAPI document shows them.

One module, because they refer to one another and a reader of the API wants them in one place.
Amounts are yuan with two decimals, `null` where none was named; times RFC 3339, empty for never.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from alerts.access.roles import Role
from alerts.cases.case import Source, Status
from alerts.cases.causes import Party
from alerts.cases.tips import Channel, Kind

Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.@:-]+$")]
Amount = Annotated[Decimal, Field(ge=0, lt=10**14, max_digits=16, decimal_places=2)]
Line = Annotated[str, Field(max_length=400, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[^\x00]*$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-03-31"])]
Version = Annotated[int, Field(ge=0, lt=2**31)]
Area = Annotated[str, Field(pattern=r"^(\d{2}|\d{4}|\d{6})$", examples=["6401"])]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Refusal(BaseModel):
    """Why something was not done; `version` and who changed it where somebody was quicker."""

    error: str
    error_zh: str = ""
    version: int | None = None
    changed_by: str | None = None
    changed_at: str | None = None


class Seen(_Body):
    """The version that the actor saw; 0 for an alert nobody worked on."""

    version: Version


class ConfirmAlert(Seen):
    """A cause of /v1/causes, and what the alert came to."""

    cause: Id
    amount_confirmed: Amount | None = None
    amount_recovered: Amount | None = None


class DismissIt(Seen):
    """A reason of /v1/causes (dismissals)."""

    reason: Id


class NewNote(_Body):
    """A note; identity and telephone numbers in it are masked."""

    text: Text


class NewSnooze(_Body):
    """Not to be shown through this day, for this reason."""

    until: Day
    reason: Text


class Reveal(_Body):
    """Whom to show, and why."""

    pseudonym: Annotated[str, Field(pattern=r"^P-[0-9a-f]{16}$")]
    reason: Annotated[str, Field(min_length=4, max_length=500, pattern=r"^[^\x00]*$")]


class NewCase(_Body):
    """A case of alerts, or an empty one in an area with a title."""

    alert_ids: Annotated[list[Id], Field(max_length=500)] = []
    title: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    source: Source = "MONITOR"
    party: Party | None = None
    area: Annotated[str, Field(pattern=r"^(\d{6})?$")] = ""


class Retitle(Seen):
    """Another title."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class MoreAlerts(Seen):
    """Alerts to put into the case."""

    alert_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]


class ConfirmCase(ConfirmAlert):
    """As for an alert, and the day the conduct ended."""

    conduct_ended: Day | None = None


class Amounts(Seen):
    """What a confirmed case came to and what has come back; `null` leaves one as it is."""

    amount_confirmed: Amount | None = None
    amount_recovered: Amount | None = None


class HandOver(Seen):
    """To whom, and the two officers who act."""

    to: Literal["department", "agency", "police"]
    recipient: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    officers: Annotated[list[Line], Field(max_length=10)]
    cause: Annotated[str, Field(max_length=64, pattern=r"^[\w.-]*$")] = ""


class FileCase(Seen):
    """The officers, where others than those of the hand-over."""

    officers: Annotated[list[Line], Field(max_length=10)] = []


class CloseCase(Seen):
    """What came of it, in words."""

    outcome: Text


class NewClock(_Body):
    """A period to start, today where no day is named."""

    period: Id
    started: Day | None = None


class Extension(_Body):
    """Why a period is extended."""

    reason: Text


class NewTip(_Body):
    """A tip from the public; never who brought it."""

    kind: Kind
    text: Text
    about: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    area: Annotated[str, Field(pattern=r"^\d{6}$")]
    channel: Channel = "telephone"


class NewUser(_Body):
    """A user to add; the answer holds the link by which they set their password."""

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
    role: Role = "viewer"
    areas: Annotated[list[Area], Field(max_length=100)] = []


class ChangeUser(_Body):
    """What to change; what is `null` stays."""

    role: Role | None = None
    areas: Annotated[list[Area], Field(max_length=100)] | None = None
    active: bool | None = None


class NewToken(_Body):
    """A token to make: of oneself, or by an administrator of anybody."""

    user: Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")] = ""
    purpose: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    scope: Literal["api", "send"] = "api"
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class NewWebhook(_Body):
    """Where alerts are to be sent; the answer holds the secret to check signatures with."""

    url: Annotated[str, Field(min_length=8, max_length=500, pattern=r"^https?://[^\s\x00]+$")]
    areas: Annotated[list[Area], Field(max_length=100)] = []
    families: Annotated[list[Id], Field(max_length=20)] = []
    least_severity: Annotated[int, Field(ge=1, le=3)] = 3


class WorkShape(BaseModel):
    """What was done with an alert; send `version` with the next action."""

    version: int
    taken_by: str
    taken_at: str
    case_id: str
    verdict: Literal["", "confirmed", "dismissed"]
    cause: str
    amount_confirmed: float | None
    amount_recovered: float | None
    verdict_by: str
    verdict_at: str
    verdict_revision: int
    changed_by: str
    changed_at: str


class AlertShape(BaseModel):
    """An alert with the work on it. `seq` is its place in the feed, `score` its triage score."""

    alert_id: str
    rule_id: str
    rule_version: int
    family: str
    sev_deg: int
    subject_type: str
    subject: str
    area: str
    event_ids: list[str]
    setl_ids: list[str]
    amount: float
    involved: float
    clauses: list[str]
    law: list[str]
    cites: list[str]
    name_zh: str
    name_en: str
    message_zh: str
    message_en: str
    evidence: dict[str, Any]
    assumed: list[str]
    revision: int
    status: Literal["open", "withdrawn", "retracted"]
    first_event_time: str
    last_event_time: str
    seq: int
    first_seen_at: str
    changed_at: str
    score: float | None
    snoozed: bool
    work: WorkShape


class NoteShape(BaseModel):
    """A note."""

    seq: int
    author: str
    at: str
    text: str


class WholeAlert(AlertShape):
    """An alert with its notes."""

    notes: list[NoteShape]


class AlertPage(BaseModel):
    """A page of alerts. `after` goes on in a feed, `before` in a list by change; 0 at the end."""

    alerts: list[AlertShape]
    after: int
    before: int


class EntryShape(BaseModel):
    """An entry of the journal; `content` is JSON as it stands there, so that its hash holds."""

    seq: int
    at: str
    actor: str
    action: str
    about: str
    content: str
    prev_hash: str
    hash: str


class Journal(BaseModel):
    """Entries, oldest first."""

    entries: list[EntryShape]


class CountShape(BaseModel):
    """Alerts of a rule, severity and status."""

    rule_id: str
    family: str
    sev_deg: int
    status: str
    alerts: int
    amount: float
    involved: float


class Counts(BaseModel):
    """Counts of the alerts that the filters leave."""

    counts: list[CountShape]


class CaseShape(BaseModel):
    """A case; send `version` with the next action."""

    case_id: str
    version: int
    title: str
    source: Source
    status: Status
    party: Party
    subject_type: str
    subject: str
    area: str
    taken_by: str
    verdict: Literal["", "confirmed", "dismissed"]
    cause: str
    amount_confirmed: float | None
    amount_recovered: float | None
    officers: list[str]
    conduct_ended: str
    handed_to: str
    recipient: str
    opened_by: str
    opened_at: str
    handed_at: str
    closed_at: str
    verdict_at: str
    changed_by: str
    changed_at: str


class CasePage(BaseModel):
    """A page of cases, last changed first, and how many there are."""

    cases: list[CaseShape]
    total: int


class ClockShape(BaseModel):
    """A statutory period; `left` in working days, negative when late, `null` once it was kept.

    `holidays_known` says whether the calendar knew the holidays of that year.
    """

    case_id: str
    period: str
    zh: str
    en: str
    started: str
    due: str
    extensions: int
    met: str
    left: int | None
    holidays_known: bool


class Clocks(BaseModel):
    """Periods that run, the next to end first."""

    clocks: list[ClockShape]


class TipShape(BaseModel):
    """A tip."""

    tip_id: str
    kind: Kind
    text: str
    about: str
    area: str
    channel: Channel
    taken_by: str
    at: str
    case_id: str


class TipPage(BaseModel):
    """Tips, latest first."""

    tips: list[TipShape]


class WholeCase(CaseShape):
    """A case with its alerts, clocks, notes and tips."""

    amounts: dict[str, float | None]
    alerts: list[AlertShape]
    clocks: list[ClockShape]
    notes: list[NoteShape]
    tips: list[TipShape]


class SnoozeShape(BaseModel):
    """A snooze; it holds until `until`."""

    snooze_id: str
    rule_id: str
    subject: str
    area: str
    until: str
    reason: str
    made_by: str
    made_at: str
    ended_at: str


class Snoozes(BaseModel):
    """Snoozes that hold, the next to end first."""

    snoozes: list[SnoozeShape]


class Person(BaseModel):
    """Who a pseudonym stands for, as far as the events say."""

    pseudonym: str
    psn_no: str
    psn_name: str
    psn_cert_type: str
    certno: str
    gend: str
    brdy: str
    insuplc_admdvs: str


class UserShape(BaseModel):
    """A user."""

    name: str
    role: Role
    areas: list[str]
    active: bool
    version: int


class Me(UserShape):
    """Who asks, and the token that a session's changes must carry in X-CSRF-Token."""

    csrf_token: str


class NewUserShape(UserShape):
    """A user who was added, and the path by which they set their password, once."""

    link: str


class Users(BaseModel):
    """Users by name."""

    users: list[UserShape]


class TokenShape(BaseModel):
    """A token without its secret."""

    token_id: str
    user: str
    purpose: str
    scope: Literal["api", "send"]
    created_at: str
    expires_at: str
    revoked_at: str
    used_at: str


class NewTokenShape(TokenShape):
    """A token with its secret, which is not shown again."""

    token: str


class Tokens(BaseModel):
    """Tokens, latest first."""

    tokens: list[TokenShape]


class WebhookShape(BaseModel):
    """A webhook and how its deliveries stand."""

    webhook_id: str
    url: str
    areas: list[str]
    families: list[str]
    least_severity: int
    made_by: str
    created_at: str
    after_seq: int
    delivered: int
    given_up: int
    waiting: int
    last_at: str
    last_answer: str


class NewWebhookShape(WebhookShape):
    """A webhook with its secret, which is not shown again."""

    secret: str


class Webhooks(BaseModel):
    """Webhooks, oldest first."""

    webhooks: list[WebhookShape]


class Link(BaseModel):
    """A path that works once, within a day."""

    link: str
