"""Made-up identity numbers, person numbers, credentials and names.

The numbers follow the national formats (GB 11643 check digit) and belong to nobody: the six-digit
area is real, birth date and sequence come from the random generator.
"""

from datetime import date
from random import Random
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_SURNAMES: Final = "王李张刘陈杨马赵黄周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈"
_GIVEN_MEN: Final = "建国志强文军海涛宏伟永平立新学明少华振东国栋晓峰天宇"
_GIVEN_WOMEN: Final = "秀英桂兰淑珍玉梅丽华红霞春燕晓琳雪梅佳怡雨欣思雅静怡"


def identity_number(area: str, birth: date, sequence: int, gend: str) -> str:
    """An 18-digit identity number with a valid check digit.

    `sequence` (0-499) gives digits 15 to 17, whose parity says the sex (`gend` 1 or 2).
    """
    order = sequence * 2 + (1 if gend == "1" else 0)
    body = f"{area}{birth:%Y%m%d}{order % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + _CHECKS[total % 11]


def person_number(area: str, serial: int) -> str:
    """A person number (`psn_no`): the area, two zeros and a running number, 20 digits."""
    return f"{area}00{serial:012d}"


def full_name(rng: Random, gend: str, surname: str = "") -> str:
    """A plausible made-up name; `surname` keeps a family together."""
    given = _GIVEN_MEN if gend == "1" else _GIVEN_WOMEN
    at = 2 * rng.randrange(len(given) // 2)
    family = surname or rng.choice(_SURNAMES)
    return family + (given[at : at + 2] if rng.random() < 0.8 else given[at])


def surname(rng: Random) -> str:
    """A family name."""
    return rng.choice(_SURNAMES)
