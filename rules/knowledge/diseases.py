"""Chronic diseases that a limit names: codes of the national chronic-disease list, or its names.

Source: national list of outpatient chronic and special diseases (门诊慢特病病种), common names.
"""

import re
from typing import Final

_CODE: Final = re.compile(r"(?<![A-Z0-9])M\d{5}(?!\d)")
_SEPARATED: Final = re.compile("[、,，;；和与及或/]")
_FRAME: Final = re.compile(
    "^(?:仅)?(?:限|适用于|用于)[:：]?(?:门诊)?(?:慢特病|慢性病|特殊病|慢病)?(?:病种)?[:：]?"
    "|(?:等)?(?:门诊)?(?:慢特病|慢性病|特殊病|慢病)?(?:病种)?(?:目录)?(?:患者)?(?:范围)?(?:内)?"
    "(?:方予支付|方可支付|支付|使用)?[。.]?$"
)
_NAMES: Final = {
    "高血压": "M03900",
    "高血压病": "M03900",
    "糖尿病": "M01600",
    "冠心病": "M04600",
    "帕金森病": "M02300",
    "帕金森": "M02300",
    "癫痫": "M02500",
    "多发性硬化": "M02900",
    "肺动脉高压": "M04000",
    "慢性心力衰竭": "M04301",
    "脑血管病后遗症": "M04803",
    "慢性阻塞性肺疾病": "M05300",
    "支气管哮喘": "M05400",
    "哮喘": "M05400",
    "克罗恩病": "M06000",
    "溃疡性结肠炎": "M06501",
    "银屑病": "M06700",
    "类风湿关节炎": "M06900",
    "类风湿性关节炎": "M06900",
    "系统性红斑狼疮": "M07101",
    "强直性脊柱炎": "M07200",
    "血友病": "M01200",
    "再生障碍性贫血": "M01102",
    "慢性乙型肝炎": "M00201",
    "丙型肝炎": "M00202",
    "慢性丙型肝炎": "M00202",
    "艾滋病": "M00300",
}
KIND: Final = 4
"""Leading signs of a code that tell one disease from another; the rest are its forms."""


def named_diseases(text: str) -> tuple[str, ...]:
    """The codes of all diseases that a limit names; none where it holds anything else."""
    codes = _CODE.findall(text.upper())
    if codes:
        return tuple(dict.fromkeys(codes))
    if "等" in text:
        return ()
    named = [part for part in _SEPARATED.split(_FRAME.sub("", text)) if part]
    if not named or any(part not in _NAMES for part in named):
        return ()
    return tuple(dict.fromkeys(_NAMES[part] for part in named))
