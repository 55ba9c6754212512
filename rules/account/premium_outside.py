"""A premium paid from an account for a product or a person that the policy does not let it pay.

A relation that was not sent is taken from the authorisation the owner gave the person, if any.
"""

from collections.abc import Iterable
from typing import Final

from events.codes import name_of
from rules.account.incomes import taken_back
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.digests import pseudonym
from rules.histories.keyed import ACCOUNT, Account
from rules.histories.records import Grant, Premium
from rules.packs import Value
from rules.rule import Rule

KIND: Final = ACCOUNT
RECORDS: Final = (Premium, Grant)
SUBJECT: Final = "account"
_SELF: Final = "self"
_SAYS: Final = {
    "product": ("险种不在允许范围内", "the product is not allowed"),
    "relation": ("被缴费人不在允许范围内", "the relation is not allowed"),
}


def check(
    rule: Rule, context: Context, account: Account, record: Premium | Grant
) -> Iterable[Verdict]:
    """One matter a premium, by what it says itself."""
    if not account.premiums:
        return ()
    return [
        Verdict(premium.event_id, _look(rule, context, account, premium))
        for premium in account.premiums
        if premium.amount > 0 and _concerns(premium, record)
    ]


def _concerns(premium: Premium, record: Premium | Grant) -> bool:
    if isinstance(record, Grant):
        return not premium.relation and premium.beneficiary == record.user
    return premium is record or premium.event_id == record.event_id or _same(premium, record)


def _same(premium: Premium, other: Premium) -> bool:
    return (premium.product, premium.beneficiary) == (other.product, other.beneficiary)


def _look(rule: Rule, context: Context, account: Account, premium: Premium) -> Finding | None:
    values = [context.law(premium.area, path, premium.time) for path in rule.meta.policy]
    products, relations, near = values
    relation = _relation(account, premium)
    wrong = []
    if products is not None and premium.product and premium.product not in products.codes:
        wrong.append("product")
    doubtful: list[str] = rule.at(premium.time)["doubtful"]
    circle = (*_circle(relations, near), *doubtful) if relations is not None else ()
    if relations is not None and relation and relation not in circle:
        wrong.append("relation")
    if not wrong:
        return None
    judged = [products if "product" in wrong else None, relations if "relation" in wrong else None]
    finding = found(
        [premium],
        amount=premium.amount,
        area=premium.area,
        assumed=tuple(
            path
            for path, value in zip(rule.meta.policy, judged, strict=False)
            if value is not None and value.filled
        ),
        evidence={
            "paid_at": premium.time,
            "amount_fen": premium.amount,
            "product": premium.product or "-",
            "product_zh": name_of("product", premium.product) or premium.product or "未填写",
            "relation": relation or "-",
            "relation_zh": name_of("rlts", relation) or relation or "未填写",
            "beneficiary": pseudonym(premium.beneficiary) if premium.beneficiary else "-",
            "wrong": wrong,
            "wrong_zh": [_SAYS[code][0] for code in wrong],
            "wrong_en": [_SAYS[code][1] for code in wrong],
        },
    )
    back = taken_back([other for other in account.premiums if _same(premium, other)])
    return withdrawn(finding) if back.get(premium.event_id, 0) >= premium.amount else finding


def _relation(account: Account, premium: Premium) -> str:
    """Who is insured with it, seen from the owner; empty where nothing says."""
    if premium.beneficiary in ("", account.key) and not premium.relation:
        return _SELF
    if premium.relation or premium.beneficiary == account.key:
        return premium.relation or _SELF
    said = [
        grant.relation
        for grant in account.grants
        if grant.user == premium.beneficiary and grant.relation and grant.time <= premium.time
    ]
    return said[-1] if said else ""


def _circle(relations: Value, near: Value | None) -> tuple[str, ...]:
    return (*relations.codes, *(near.codes if near is not None else ()))
