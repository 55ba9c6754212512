"""Ages in limits: ranges in years and months, and the groups that have a name.

Only ages that a text states as its limit count. 3-12岁 ends with the thirteenth birthday, 14周岁
以下 too includes those who are fourteen, 未满14周岁 does not (Civil Code, article 1259).
"""

import re
from typing import Final

from rules.knowledge.limits import Age, Group
from rules.knowledge.wording import NUMBER, speaks_of_adults, speaks_of_children, whole

_YEARS: Final = "(?:周岁|岁)"
_AGE: Final = rf"(?<![\d.%])(\d+){_YEARS}"
_RANGE: Final = re.compile(
    rf"(?<![\d.])(\d+){_YEARS}?(?:至|到|-|~|～|—|–)(\d+){_YEARS}(?:及)?(以下)?"
)
_FROM: Final = re.compile(
    rf"(?<![\d.])(\d+){_YEARS}(?:及\d+{_YEARS})?(?:\(含\))?(?:及)?(?:以上|起)"
)
_UP_TO: Final = re.compile(
    rf"(?<![\d.])(\d+){_YEARS}(?:及\d+{_YEARS})?(?:\(含\))?(?:及)?(?:以下|以内)"
    rf"|(?:不超过|不大于|小于等于|≤|<=)(\d+){_YEARS}"
)
_UNDER: Final = re.compile(rf"(?:未满|不满|不足|小于|低于|<)(\d+){_YEARS}")
_OVER: Final = re.compile(rf"(?:超过|大于|>)(\d+){_YEARS}")
_MONTHS: Final = re.compile(rf"(?<![\d.]){NUMBER}个?月龄?(?:以下|以内)")
# 1.1岁至14岁 is the first of several, 1.5岁 is a year and a half: only what stands before tells.
_SEPARATED: Final = re.compile(r"[;；。]|(?:^|(?<=[:：;；。]))\d+[.、)]")
_FORBIDDEN: Final = re.compile(r"[^,;。，；]*(?:禁用|禁止|忌用|不得使用)[^,;。，；]*")
_GROUPS: Final[tuple[tuple[str, Group], ...]] = (
    ("新生儿|早产儿", "newborn"),
    ("婴幼儿|幼儿", "toddler"),
    ("婴儿", "infant"),
    ("小儿|儿童|患儿|少年|未成年", "child"),
)
_WIDTH: Final[tuple[Group, ...]] = ("newborn", "infant", "toddler", "child")


def group_of(text: str) -> Group | None:
    """The widest age group of children that a text names."""
    found = [group for words, group in _GROUPS if re.search(words, text)]
    return max(found, key=_WIDTH.index) if found else None


def stated_ages(text: str) -> Age | None:
    """The ages that a limit states, the widest of its alternatives; None where there is doubt.

    Texts that speak of adults beside children are in doubt, as are ages that cannot be told from
    other numbers.
    """
    if speaks_of_adults(text):
        return None
    told = [
        age for part in _SEPARATED.split(text) if part if (age := _alternative(part)) is not None
    ]
    if not told:
        return None
    lows = [age.low for age in told if age.low is not None]
    low = min(lows) if len(lows) == len(told) else None
    highs = [age.high for age in told if age.high is not None]
    if len(highs) == len(told):
        return Age(low=low, high=max(highs))
    groups = [age.group for age in told if age.group is not None]
    if not groups:
        return Age(low=low) if low is not None and len(told) == 1 else None
    # A number for one alternative and a name for another: the group is the wider of the two.
    group: Group = "child" if highs else max(groups, key=_WIDTH.index)
    return Age(group=group, low=low)


def forbidden_ages(text: str) -> Age | None:
    """The children that must not be given it: a number of years, or a group that has a name."""
    clauses = _FORBIDDEN.findall(text)
    if len(clauses) != 1:
        return None
    clause = clauses[0]
    under = _UP_TO.search(clause) or _UNDER.search(clause)
    if under is not None:
        years = next(int(number) for number in under.groups() if number is not None)
        return Age(high=years * 12, forbidden=True)
    if re.search(_AGE, clause):
        return None
    group = group_of(clause)
    return Age(group=group, forbidden=True) if group is not None else None


def _alternative(part: str) -> Age | None:
    """The ages one alternative states; a group where it only names children."""
    between = _RANGE.search(part)
    if between is not None:
        low, high = int(between[1]), int(between[2])
        return Age(low=low * 12, high=(high + 1) * 12) if low <= high else None
    first, last = _FROM.search(part) or _OVER.search(part), _UP_TO.search(part)
    under = _UNDER.search(part)
    low_months = int(first[1]) * 12 if first is not None else None
    if last is not None:
        years = next(int(number) for number in last.groups() if number is not None)
        return Age(low=low_months, high=(years + 1) * 12)
    if under is not None:
        return Age(low=low_months, high=int(under[1]) * 12)
    months = _MONTHS.search(part)
    if months is not None:
        return Age(high=whole(months[1]) + 1)
    if low_months is not None:
        return Age(group=group_of(part), low=low_months)
    if re.search(_AGE, part):
        return None
    return Age(group=group_of(part)) if speaks_of_children(part) else None
