"""National code lists as enums, with the names people read, and the contract's own lists.

Areas extend the national lists, so events keep codes as strings; the enums name what is common
and `name_of` falls back from an extended code to the one it extends (`110104` to `11`).
Source: national interface specification, dictionaries; provincial differences in
`events.local_codes`.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from events.local_codes import LOCAL_NAMES, LOCAL_SCHEMES, NATIONAL_SCHEMES, Scheme
from events.national_codes import (
    AcctUsedFlag,
    AgnterRlts,
    BizAppyType,
    ChrgitmLv,
    Code,
    DscgWay,
    FixmedinsType,
    FundPayType,
    Gend,
    HospLv,
    Insutype,
    InvChgType,
    ListType,
    MdtrtCertType,
    MedChrgitmType,
    MedType,
    PayLoc,
    PsnCertType,
    PsnInsuStas,
    PsnType,
    RxStas,
    RxUsedStas,
)

__all__ = [
    "DICTIONARIES",
    "AcctUsedFlag",
    "Action",
    "AgnterRlts",
    "BizAppyType",
    "Channel",
    "CheckResult",
    "ChrgitmLv",
    "ClctWay",
    "Code",
    "CreditKind",
    "DscgWay",
    "ElecBillFlag",
    "FixmedinsType",
    "FundPayType",
    "Gend",
    "HospLv",
    "InstitutionState",
    "Insutype",
    "InvChgType",
    "ListType",
    "MdtrtCertType",
    "MedChrgitmType",
    "MedType",
    "PayLoc",
    "PayoutReason",
    "Product",
    "PsnCertType",
    "PsnInsuStas",
    "PsnType",
    "Rlts",
    "RxStas",
    "RxUsedStas",
    "Scheme",
    "is_flexible",
    "is_retired",
    "name_of",
    "scheme_of",
    "stock_sign",
    "tier",
]

_CACHED: Final = 4096


class Rlts(Code):
    """Relation of a family member to the account owner (`rlts`, ours)."""

    SPOUSE = "spouse", "配偶"
    PARENT = "parent", "父母"
    SPOUSE_PARENT = "spouse_parent", "配偶父母"
    CHILD = "child", "子女"
    OTHER = "other", "其他"


class Action(Code):
    """What happens to an authorization, an entitlement or a filing (`action`, ours)."""

    GRANT = "grant", "授权"
    REVOKE = "revoke", "解除"
    REGISTER = "register", "登记"
    CANCEL = "cancel", "撤销"


class PayoutReason(Code):
    """Why an account is paid out (`payout_reason`, ours)."""

    DEATH = "death", "死亡继承"
    EMIGRATION = "emigration", "出国定居"
    TRANSFER_OUT = "transfer_out", "关系转出"


class CreditKind(Code):
    """Income of an account (`credit_kind`, ours)."""

    EMPLOYEE = "employee", "在职职工缴费划入"
    FLEXIBLE = "flexible", "灵活就业缴费划入"
    RETIREE = "retiree", "退休人员统筹划入"
    TRANSFER_IN = "transfer_in", "关系转入"


class Product(Code):
    """Insurance paid from an account (`product`, ours)."""

    RESIDENT = "resident", "城乡居民基本医疗保险"
    LONG_TERM_CARE = "long_term_care", "长期护理保险"
    LARGE_COST = "large_cost", "大额医疗费用补助"
    SUPPLEMENTARY = "supplementary", "补充医疗保险"


class ClctWay(Code):
    """How contributions are paid (`clct_way`, ours)."""

    FULL = "full", "统账结合"
    LOW = "low", "低费率"
    POOL_ONLY = "pool_only", "单建统筹"


class ElecBillFlag(Code):
    """State of an electronic receipt (`elec_bill_flag`, ours)."""

    NORMAL = "0", "正常"
    RED = "1", "已红冲"
    PAPER = "2", "已换开纸质"


class CheckResult(Code):
    """Result of an identity check (`result`, ours)."""

    MATCH = "match", "一致"
    MISMATCH = "mismatch", "不一致"
    UNAVAILABLE = "unavailable", "无法核验"


class InstitutionState(Code):
    """State of a designation (`state`, ours)."""

    ACTIVE = "active", "正常"
    SUSPENDED = "suspended", "暂停"
    TERMINATED = "terminated", "终止"


class Channel(Code):
    """Where an authorization was made (`channel`, ours)."""

    ONLINE = "online", "线上"
    COUNTER = "counter", "窗口"


DICTIONARIES: Final[dict[str, type[Code]]] = {
    "med_type": MedType,
    "insutype": Insutype,
    "psn_type": PsnType,
    "mdtrt_cert_type": MdtrtCertType,
    "psn_cert_type": PsnCertType,
    "hosp_lv": HospLv,
    "fixmedins_type": FixmedinsType,
    "chrgitm_lv": ChrgitmLv,
    "med_chrgitm_type": MedChrgitmType,
    "list_type": ListType,
    "fund_pay_type": FundPayType,
    "pay_loc": PayLoc,
    "psn_insu_stas": PsnInsuStas,
    "gend": Gend,
    "acct_used_flag": AcctUsedFlag,
    "inv_chg_type": InvChgType,
    "dscg_way": DscgWay,
    "biz_appy_type": BizAppyType,
    "rx_stas_codg": RxStas,
    "rx_used_stas_codg": RxUsedStas,
    "agnter_rlts": AgnterRlts,
    "rlts": Rlts,
    "action": Action,
    "payout_reason": PayoutReason,
    "credit_kind": CreditKind,
    "product": Product,
    "clct_way": ClctWay,
    "elec_bill_flag": ElecBillFlag,
    "result": CheckResult,
    "state": InstitutionState,
    "channel": Channel,
}
"""Enum of every field that holds a code."""

_BY_PREFIX: Final = frozenset({"med_type", "psn_type"})
_TIERS: Final = {str(level): {"一": 1, "二": 2, "三": 3}.get(level.zh[0], 0) for level in HospLv}
_NOT_RETIRED: Final = ("1304", "136050", "136090")
_ALSO_RETIRED: Final = frozenset({"34", "1112"})
_FLEXIBLE: Final = ("1103", "1203")
_IN: Final = frozenset({"101", "103", "106", "108", "110"})
_OUT: Final = frozenset({"102", "104", "105", "107", "109", "111"})


def _prefixes(text: str, shortest: int = 1) -> Iterator[str]:
    for length in range(len(text), shortest - 1, -1):
        yield text[:length]


@lru_cache(_CACHED)
def scheme_of(med_type: str, area: str = "") -> Scheme:
    """The benefit scheme a kind of treatment belongs to.

    `area` is the 6-digit area whose codes are used: the 9xxx range means different things in
    different provinces (9903 is two-disease care in Jiangsu, accidents in Hunan). The area's own
    table comes first, city before province, then the national one; in each, the longest prefix
    of the code counts. An unknown code is OTHER.
    """
    tables = [LOCAL_SCHEMES[known] for known in _prefixes(area, 2) if known in LOCAL_SCHEMES]
    for table in (*tables, NATIONAL_SCHEMES):
        for prefix in _prefixes(med_type, 2):
            if prefix in table:
                return table[prefix]
    return Scheme.OTHER


def tier(hosp_lv: str) -> int:
    """Tier of a hospital grade: 3, 2 or 1; 0 where it has none or the code is unknown."""
    return _TIERS.get(hosp_lv, 0)


def is_retired(psn_type: str) -> bool:
    """Whether a category of person has retirees' benefits (retired, veteran cadres)."""
    if psn_type.startswith(("12", "13")):
        return not psn_type.startswith(_NOT_RETIRED)
    return psn_type in _ALSO_RETIRED


def is_flexible(psn_type: str) -> bool:
    """Whether a category of person is flexibly employed, working or retired."""
    return psn_type.startswith(_FLEXIBLE)


def stock_sign(inv_chg_type: str) -> int:
    """+1 for a movement into stock, -1 out of it, 0 for an unknown code."""
    if inv_chg_type in _IN:
        return 1
    return -1 if inv_chg_type in _OUT else 0


@lru_cache(_CACHED)
def name_of(dictionary: str, code: str, area: str = "") -> str:
    """Chinese name of a code of the field `dictionary`; the code itself where none is known.

    An area's own name wins over the national one; an extended code (`med_type`, `psn_type`)
    falls back to the code it extends. Raises KeyError for a field that holds no codes.
    """
    members = {str(member): member.zh for member in DICTIONARIES[dictionary]}
    local = next((LOCAL_NAMES[a] for a in _prefixes(area, 2) if a in LOCAL_NAMES), {})
    names = members | local.get(dictionary, {})
    candidates = _prefixes(code, 2) if dictionary in _BY_PREFIX else iter((code,))
    return next((names[candidate] for candidate in candidates if candidate in names), code)
