"""Tables that come from the ledger: alerts, cases, rules with their clauses."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, func, or_, select

from alerts.cases.causes import causes, dismissals
from alerts.exports.periods import Period
from alerts.exports.tables import Row, Table, columns
from alerts.exports.words import STATUSES, VERDICTS, told
from alerts.ledger.case_tables import CASES, WORK
from alerts.ledger.masking import masked
from alerts.ledger.reading import Filters, standing
from alerts.ledger.rows import canonical
from alerts.ledger.schema import ALERTS
from alerts.table import in_fen
from events.times import epoch
from rules.clauses import citation
from rules.rule import Rule

_AT_ONCE: Final = 1000


def alerts(connection: Connection, period: Period) -> Table:
    """The alerts whose last event lies in the period, by alert id; in constant memory."""
    return Table(
        "alerts",
        "预警",
        "Alerts",
        columns(
            "alert_id|预警编号|alert",
            "rule_id|规则|rule",
            "rule_version|规则版本|version|count",
            "family|类别|family",
            "sev_deg|严重程度|severity|count",
            "status|状态|status",
            "verdict|结论|verdict",
            "name_zh|名称|name",
            "name_en|英文名称|name in English",
            "message_zh|内容|message",
            "message_en|英文内容|message in English",
            "subject_type|对象类型|kind of subject",
            "subject|对象|subject",
            "admdvs|统筹区|area",
            "amount|违规金额|money in breach|money",
            "involved|涉及金额|money involved|money",
            "confirmed|查实金额|confirmed|money",
            "recovered|追回金额|recovered|money",
            "clauses|依据|clauses",
            "cites|条款|articles",
            "assumed|依据填入值|filled-in values",
            "evidence|证据|evidence",
            "setl_ids|结算编号|settlements",
            "event_ids|事件编号|events",
            "first_event_time|最早事件时间|first event|time",
            "last_event_time|最晚事件时间|last event|time",
            "revision|修订|revision|count",
        ),
        _alert_rows(connection, period),
        "按最晚事件时间归期；人员以假名表示",
        "by the time of the last event; people are pseudonyms",
    )


def _alert_rows(connection: Connection, period: Period) -> Iterator[Row]:
    worked = _worked(connection)
    for alert in standing(connection, Filters(since=period.since, until=period.until)):
        verdict, confirmed, recovered = worked.get(alert.alert_id, ("", None, None))
        yield (
            alert.alert_id,
            alert.rule_id,
            alert.rule_version,
            alert.family,
            alert.sev_deg,
            told(STATUSES, alert.status),
            told(VERDICTS, verdict),
            alert.name_zh,
            alert.name_en,
            alert.message_zh,
            alert.message_en,
            alert.subject_type,
            alert.subject,
            alert.area,
            in_fen(alert.amount),
            in_fen(alert.involved),
            confirmed,
            recovered,
            " ".join(alert.clauses),
            "；".join(dict.fromkeys(citation(name) for name in alert.clauses)),
            " ".join(alert.assumed),
            canonical(alert.evidence),
            " ".join(alert.setl_ids),
            " ".join(alert.event_ids),
            epoch(alert.first_event_time),
            epoch(alert.last_event_time),
            alert.revision,
        )


def _worked(connection: Connection) -> Mapping[str, tuple[str, int | None, int | None]]:
    """Verdict and money of the alerts that somebody worked on."""
    statement = select(
        WORK.c.alert_id,
        WORK.c.verdict,
        WORK.c.amount_confirmed,
        WORK.c.amount_recovered,
        CASES.c.verdict.label("case_verdict"),
    ).select_from(WORK.outerjoin(CASES, WORK.c.case_id == CASES.c.case_id))
    found = {}
    for row in connection.execute(statement.execution_options(yield_per=_AT_ONCE)):
        confirmed, recovered = _named(row.amount_confirmed), _named(row.amount_recovered)
        found[row.alert_id] = (row.verdict or row.case_verdict or "", confirmed, recovered)
    return found


def _named(amount: int) -> int | None:
    return None if amount < 0 else amount


def cases(connection: Connection, period: Period) -> Table:
    """Cases that were opened in the period or hold one of its alerts, by case id."""
    since, until = period.since, period.until
    mine = select(WORK.c.case_id).join(ALERTS, ALERTS.c.alert_id == WORK.c.alert_id)
    mine = mine.where(
        WORK.c.case_id != "",
        ALERTS.c.last_event_time >= since,
        ALERTS.c.last_event_time < until,
    )
    opened = (CASES.c.opened_ms >= since * 1000) & (CASES.c.opened_ms < until * 1000)
    statement = select(CASES).where(or_(opened, CASES.c.case_id.in_(mine)))
    counted = select(WORK.c.case_id, func.count()).where(WORK.c.case_id != "")
    sizes = {row[0]: row[1] for row in connection.execute(counted.group_by(WORK.c.case_id))}
    rows: list[Row] = [
        (
            row["case_id"],
            masked(row["title"].encode()).decode(errors="replace"),
            row["source"],
            row["status"],
            row["party"],
            row["subject_type"],
            row["subject"],
            row["area"],
            sizes.get(row["case_id"], 0),
            told(VERDICTS, row["verdict"]),
            _cause(row["cause"]),
            _named(row["amount_confirmed"]),
            _named(row["amount_recovered"]),
            row["handed_to"],
            _second(row["opened_ms"]),
            _second(row["verdict_ms"]),
            _second(row["handed_ms"]),
            _second(row["closed_ms"]),
        )
        for row in connection.execute(statement.order_by(CASES.c.case_id)).mappings()
    ]
    return Table(
        "cases",
        "案件",
        "Cases",
        columns(
            "case_id|案件编号|case",
            "title|案由|title",
            "source|来源|source",
            "status|状态|status",
            "party|当事人类别|party",
            "subject_type|对象类型|kind of subject",
            "subject|对象|subject",
            "admdvs|统筹区|area",
            "alerts|预警数|alerts|count",
            "verdict|结论|verdict",
            "cause|原因|cause",
            "confirmed|查实金额|confirmed|money",
            "recovered|追回金额|recovered|money",
            "handed_to|移交部门|handed to",
            "opened|立案时间|opened|time",
            "decided|结论时间|decided|time",
            "handed|移交时间|handed over|time",
            "closed|结案时间|closed|time",
        ),
        rows,
        "期内立案，或含期内预警",
        "opened in the period, or with an alert of it",
    )


def _cause(code: str) -> str:
    """A cause or a reason for dismissing in words, with its code."""
    known = causes().get(code) or dismissals().get(code)
    return f"{code} {known.zh}" if known is not None else code


def _second(at_ms: int) -> int | None:
    return at_ms // 1000 if at_ms else None


def by_rule(connection: Connection, period: Period, rules: Sequence[Rule]) -> Table:
    """Alerts of the period by rule and version: how many, how much, what became of them."""
    within = (ALERTS.c.last_event_time >= period.since, ALERTS.c.last_event_time < period.until)
    joined = ALERTS.outerjoin(WORK, ALERTS.c.alert_id == WORK.c.alert_id).outerjoin(
        CASES, WORK.c.case_id == CASES.c.case_id
    )
    keys = (ALERTS.c.rule_id, ALERTS.c.rule_version, ALERTS.c.status)
    decided = func.coalesce(func.nullif(WORK.c.verdict, ""), CASES.c.verdict, "")
    statement = (
        select(*keys, decided, func.count(), func.sum(ALERTS.c.amount))
        .select_from(joined)
        .where(ALERTS.c.status.in_(("open", "withdrawn")), *within)
        .group_by(*keys, decided)
    )
    sums: defaultdict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for rule_id, version, status, verdict, number, amount in connection.execute(statement):
        found = sums[rule_id, version]
        found[status] += number
        found[verdict] += number if verdict else 0
        found["amount"] += int(amount) if status == "open" else 0
    known = {rule.id: rule for rule in rules}
    rows: list[Row] = []
    # The rules with most alerts first.
    order = sorted(sums.items(), key=lambda one: (-one[1]["open"], one[0]))
    for (rule_id, version), found in order:
        rule = known.get(rule_id)
        rows.append(
            (
                rule_id,
                version,
                rule.meta.name.zh if rule else "",
                rule.meta.name.en if rule else "",
                rule.meta.family if rule else rule_id.partition(".")[0],
                found.get("open", 0),
                found.get("withdrawn", 0),
                found.get("confirmed", 0),
                found.get("dismissed", 0),
                found.get("amount", 0),
                " ".join(rule.meta.clauses) if rule else "",
                "；".join(dict.fromkeys(citation(c) for c in rule.meta.clauses)) if rule else "",
                " ".join(rule.meta.law) if rule else "",
            )
        )
    return Table(
        "rules",
        "按规则",
        "By rule",
        columns(
            "rule_id|规则|rule",
            "rule_version|版本|version|count",
            "name_zh|名称|name",
            "name_en|英文名称|name in English",
            "family|类别|family",
            "open|未撤销|standing|count",
            "withdrawn|已撤销|withdrawn|count",
            "confirmed|查实|confirmed|count",
            "dismissed|排除|dismissed|count",
            "amount|违规金额|money in breach|money",
            "clauses|依据|clauses",
            "cites|条款|articles",
            "law|国家法规|national law",
        ),
        rows,
    )


def rules_used(rules: Sequence[Rule], digests: Mapping[str, str]) -> Table:
    """Every rule that is installed: version, digest of its files, clauses."""
    rows: list[Row] = [
        (
            rule.id,
            rule.version,
            digests.get(rule.id, ""),
            rule.meta.maturity,
            rule.meta.name.zh,
            rule.meta.name.en,
            rule.meta.severity,
            " ".join(rule.meta.clauses),
        )
        for rule in rules
    ]
    return Table(
        "rules_used",
        "规则版本",
        "Rules and versions",
        columns(
            "rule_id|规则|rule",
            "rule_version|版本|version|count",
            "sha256|摘要|SHA-256",
            "maturity|成熟度|maturity",
            "name_zh|名称|name",
            "name_en|英文名称|name in English",
            "sev_deg|严重程度|severity|count",
            "clauses|依据|clauses",
        ),
        rows,
    )


def standing_at_risk(connection: Connection) -> dict[str, int]:
    """Money in breach in open alerts that nobody decided on, fen, by insured area."""
    joined = ALERTS.outerjoin(WORK, ALERTS.c.alert_id == WORK.c.alert_id)
    statement = (
        select(ALERTS.c.area, func.sum(ALERTS.c.amount))
        .select_from(joined)
        .where(ALERTS.c.status == "open", func.coalesce(WORK.c.verdict, "") == "")
        .group_by(ALERTS.c.area)
    )
    return {area: int(amount) for area, amount in connection.execute(statement) if area}
