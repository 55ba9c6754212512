"""Words of the published texts that leave no doubt, and the numbers in them.

Source: the wording of the national drug catalogue's payment limits and of the published points;
以上, 以下 and 以内 include the number, 不满 and 超过 do not (Civil Code, article 1259).
"""

import re
from typing import Final
from unicodedata import normalize

_DIGITS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}
_NUMERALS: Final = _DIGITS | {"九": 9, "十": 10}
NUMBER: Final = r"(\d+|[一二两三四五六七八九十]+)"
"""A whole number in digits or in Chinese numerals below a hundred."""

_FEMALE: Final = re.compile(
    "女性|妇女|妇人|妇科|孕妇|产妇|女用|女童|月经|痛经|经期|经前|经行|行经|经血|经水|经量|经色"
    "|经闭|闭经|绝经|调经|通经|崩漏|漏下|带下|白带|赤带|止带|恶露|产后|产前|分娩|妊娠|早孕|胎动"
    "|胎漏|胎儿|安胎|保胎|小产|滑胎|难产|不孕|流产|人流|引产|催产|宫颈|子宫|宫缩|宫内|宫血|宫腔"
    "|宫寒|阴道|外阴|阴唇|阴痒|卵巢|排卵|输卵管|附件炎|盆腔炎|乳汁|催乳|排乳|通乳|下乳|缺乳|少乳"
    "|剖腹产|剖宫产|胎盘|更年期|早产(?!儿|婴)|男女"
)
_MALE: Final = re.compile(
    "男性|男子|男用|男童|前列腺(?!素)|阳痿|阳萎|遗精|滑精|早泄|精子|少精|弱精|睾丸|附睾|隐睾"
    "|阴茎|阴囊|勃起|包皮|包茎|龟头|精囊|精索|射精|输精管|男女"
)
_STATED: Final = re.compile("男性|女性|妇女|妇人")
_DENIED: Final = re.compile(
    r"[^。；;，,]*(?:禁用|忌用|慎用|禁止|禁忌|不适用|不宜|不得|不推荐|除外|未确定)[^。；;，,]*"
)
_NOT_FOR: Final = re.compile(
    "不(?:得|能|可|宜|应|适)?(?:用|使用|适用)于|(?:禁|忌|慎)用|不推荐|禁止|除外|不含"
)
_ADULTS: Final = re.compile("(?<!未)成年|成人|老年|老人")
_CHILDREN: Final = re.compile("儿童|小儿|患儿|婴儿|幼儿|婴幼儿|新生儿|早产儿|少年|未成年")


def plain(text: str) -> str:
    """A text in ordinary forms of its signs, without spaces and line breaks."""
    return re.sub(r"\s+", "", normalize("NFKC", text))


def whole(numeral: str) -> int:
    """A number of `NUMBER`."""
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return _NUMERALS[numeral[-1]]
    return (_NUMERALS[tens[-1]] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)


def sexes(text: str) -> set[str]:
    """The sexes (`gend` codes) that a text speaks of; what it denies does not count."""
    said = _DENIED.sub("", text)
    found = {"2"} if _FEMALE.search(said) else set()
    return found | ({"1"} if _MALE.search(said) else set())


def stated_sexes(text: str) -> set[str]:
    """The sexes that a text names outright."""
    return {"1" if word == "男性" else "2" for word in _STATED.findall(_DENIED.sub("", text))}


def speaks_of_adults(text: str) -> bool:
    """Whether a text names grown or old people."""
    return _ADULTS.search(text) is not None


def denies(text: str) -> bool:
    """Whether a text says for whom something is not."""
    return _NOT_FOR.search(text) is not None


def speaks_of_children(text: str) -> bool:
    """Whether a text names children of any age."""
    return _CHILDREN.search(text) is not None
