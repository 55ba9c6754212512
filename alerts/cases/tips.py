"""Tips from the public (举报): taken, and turned into cases.

Who reported is kept elsewhere: a tip here names the matter, never the person who brought it. A
refusal of reasonable needs leaves no settlement, so it comes in only here.
"""

from typing import Final, Literal

from msgspec import Struct, structs
from sqlalchemy import Connection, or_, select

from alerts.access.users import User
from alerts.cases.case import Case
from alerts.cases.opening import open_case
from alerts.cases.refusals import ACTING, conflict, require, unknown, wrong
from alerts.cases.texts import kept_text
from alerts.ledger.case_tables import TIPS
from alerts.ledger.journal import Entry, append, lock_head
from alerts.ledger.writing import upsert
from events.times import moment

Kind = Literal["refusal", "impersonation", "cash_out", "false_billing", "resale", "other"]
Channel = Literal["telephone", "visit", "letter", "online", "other"]

KINDS: Final[dict[Kind, tuple[str, str]]] = {
    "refusal": ("推诿拒诊、无故拒绝合理需求", "reasonable needs refused"),
    "impersonation": ("冒名就医购药", "impersonation"),
    "cash_out": ("个人账户套现", "cash drawn from an account"),
    "false_billing": ("虚假结算", "false billing"),
    "resale": ("倒卖药品", "resale of medicines"),
    "other": ("其他", "something else"),
}
CHANNELS: Final[dict[Channel, tuple[str, str]]] = {
    "telephone": ("电话", "telephone"),
    "visit": ("来访", "visit"),
    "letter": ("来信", "letter"),
    "online": ("网络", "online"),
    "other": ("其他", "other"),
}


class Tip(Struct, frozen=True):
    """A tip; `about` is the institution's code or a description, `case_id` empty without case."""

    tip_id: str
    kind: Kind
    text: str
    about: str
    area: str
    channel: Channel
    taken_by: str
    at_ms: int
    case_id: str


_COLUMNS: Final = tuple(TIPS.c[name] for name in Tip.__struct_fields__)


def take_tip(
    connection: Connection,
    by: User,
    now_ms: int,
    *,
    kind: Kind,
    text: str,
    about: str,
    area: str,
    channel: Channel = "telephone",
) -> Tip:
    """Take a tip about what happened in an area (six digits). Raises RefusedError."""
    require(by, ACTING)
    if kind not in KINDS or channel not in CHANNELS:
        raise wrong("举报类型或渠道不正确", f"found {kind[:20]!r} by {channel[:20]!r}")
    if len(area) != 6 or not area.isdecimal():
        raise wrong("区划须为六位数字", f"found the area {area[:10]!r}, expected six digits")
    if not by.sees(area):
        raise unknown(f"area {area!r}")
    head = lock_head(connection)
    tip = Tip(
        f"T{moment(now_ms // 1000):%Y%m%d}-{head.seq + 1:06d}",
        kind,
        kept_text(text, "内容", "text"),
        kept_text(about, "被举报对象", "about", most=200, least=0),
        area,
        channel,
        by.name,
        now_ms,
        "",
    )
    upsert(connection, TIPS, [structs.asdict(tip)])
    told = {"kind": kind, "about": tip.about, "area": area, "text": tip.text}
    append(connection, [Entry(now_ms, by.name, "tip.taken", tip.tip_id, told)], head)
    return tip


def open_from_tip(connection: Connection, by: User, now_ms: int, tip_id: str) -> tuple[Tip, Case]:
    """Open a case of a tip, with the source COMPLAINT; alerts may be added to it."""
    require(by, ACTING)
    lock_head(connection)
    tip = get_tip(connection, by, tip_id)
    if tip.case_id:
        raise conflict(tip.taken_by, tip.at_ms, 1)
    title = f"举报：{KINDS[tip.kind][0]} {tip.about}".strip()
    case = open_case(
        connection, by, now_ms, (), title=title[:200], source="COMPLAINT", area=tip.area
    )
    used = structs.replace(tip, case_id=case.case_id)
    upsert(connection, TIPS, [structs.asdict(used)])
    told = {"case": case.case_id}
    append(connection, [Entry(now_ms, by.name, "tip.opened_case", tip_id, told)])
    return used, case


def get_tip(connection: Connection, user: User, tip_id: str) -> Tip:
    """A tip that a user may see. Raises RefusedError (404)."""
    row = connection.execute(select(*_COLUMNS).where(TIPS.c.tip_id == tip_id)).one_or_none()
    if row is None or not user.sees(row.area):
        raise unknown(f"tip {tip_id[:40]!r}")
    return Tip(*row)


def tips(connection: Connection, user: User, limit: int = 100, offset: int = 0) -> list[Tip]:
    """The tips of areas a user may see, latest first."""
    statement = select(*_COLUMNS)
    if user.areas:
        statement = statement.where(or_(*(TIPS.c.area.startswith(area) for area in user.areas)))
    ordered = statement.order_by(TIPS.c.at_ms.desc(), TIPS.c.tip_id.desc())
    return [Tip(*row) for row in connection.execute(ordered.limit(limit).offset(offset))]


def tips_of_case(connection: Connection, case_id: str) -> list[Tip]:
    """The tips that a case goes back to; to be asked after it was seen."""
    return [
        Tip(*row) for row in connection.execute(select(*_COLUMNS).where(TIPS.c.case_id == case_id))
    ]
