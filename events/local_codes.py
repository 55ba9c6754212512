"""What provinces and cities do differently with `med_type`, as tables keyed by area prefix.

Kept apart from the national lists because it is local data: a new area is a new entry here and
nothing else. An area not listed follows the national table.
Source: interface specification of Hunan V1.1.27; Jiangsu's reconciliation categories 2.9;
Inner Mongolia's codes as used in its hospitals' systems.
"""

from enum import StrEnum
from typing import Final


class Scheme(StrEnum):
    """Benefit scheme of a settlement, as far as rules tell them apart."""

    GENERAL = "general"
    CHRONIC = "chronic"
    TWO_DISEASE = "two_disease"
    PHARMACY = "pharmacy"
    EMERGENCY = "emergency"
    REGISTRATION = "registration"
    INPATIENT = "inpatient"
    MATERNITY = "maternity"
    ACCIDENT = "accident"
    OTHER = "other"


NATIONAL_SCHEMES: Final[dict[str, Scheme]] = {
    "11": Scheme.GENERAL,
    "1103": Scheme.OTHER,
    "12": Scheme.REGISTRATION,
    "13": Scheme.EMERGENCY,
    "14": Scheme.CHRONIC,
    "19": Scheme.ACCIDENT,
    "21": Scheme.INPATIENT,
    "22": Scheme.INPATIENT,
    "23": Scheme.INPATIENT,
    "24": Scheme.INPATIENT,
    "25": Scheme.INPATIENT,
    "26": Scheme.INPATIENT,
    "27": Scheme.INPATIENT,
    "28": Scheme.INPATIENT,
    "29": Scheme.INPATIENT,
    "41": Scheme.PHARMACY,
    "51": Scheme.MATERNITY,
    "52": Scheme.INPATIENT,
    "53": Scheme.MATERNITY,
    "9901": Scheme.TWO_DISEASE,
    "990101": Scheme.OTHER,
    "990103": Scheme.OTHER,
    "9903": Scheme.TWO_DISEASE,
}
"""Scheme of a `med_type` prefix where the area has no own meaning for it."""

LOCAL_SCHEMES: Final[dict[str, dict[str, Scheme]]] = {
    "15": {
        "9901": Scheme.OTHER,
    },
    "32": {
        "1103": Scheme.GENERAL,
        "110103": Scheme.EMERGENCY,
        "1104": Scheme.CHRONIC,
        "16": Scheme.GENERAL,
        "31": Scheme.EMERGENCY,
        "4102": Scheme.OTHER,
        "530202": Scheme.INPATIENT,
        "5302": Scheme.INPATIENT,
        "5305": Scheme.INPATIENT,
        "55": Scheme.INPATIENT,
        "81": Scheme.ACCIDENT,
        "9108": Scheme.ACCIDENT,
        "92": Scheme.INPATIENT,
        "9215": Scheme.OTHER,
        "93": Scheme.PHARMACY,
        "990102": Scheme.GENERAL,
        "9903": Scheme.TWO_DISEASE,
        "990301": Scheme.INPATIENT,
        "990302": Scheme.OTHER,
        "990602": Scheme.CHRONIC,
        "9906": Scheme.CHRONIC,
        "990802": Scheme.INPATIENT,
        "990901": Scheme.INPATIENT,
        "991401": Scheme.EMERGENCY,
        "991702": Scheme.CHRONIC,
        "992504": Scheme.CHRONIC,
        "992505": Scheme.CHRONIC,
        "9933": Scheme.CHRONIC,
        "9934": Scheme.INPATIENT,
        "9940": Scheme.INPATIENT,
        "994102": Scheme.INPATIENT,
    },
    "43": {
        "9901": Scheme.TWO_DISEASE,
        "990101": Scheme.OTHER,
        "9903": Scheme.ACCIDENT,
        "9904": Scheme.OTHER,
    },
}
"""Area prefix (province or city) to its own meanings of `med_type` prefixes."""

LOCAL_NAMES: Final[dict[str, dict[str, dict[str, str]]]] = {
    "15": {
        "med_type": {"9901": "重大疾病门诊"},
    },
    "32": {
        "med_type": {
            "110103": "门诊急诊抢救期间死亡",
            "110104": "门诊统筹",
            "1104": "异地门诊慢特病",
            "140104": "门诊慢性病",
            "140201": "门诊特殊病",
            "140401": "门诊罕见病",
            "15": "特药",
            "16": "中医特色门诊",
            "25": "异地就医",
            "26": "单病种",
            "27": "自主就医",
            "31": "院前抢救",
            "55": "基本医疗生育住院",
            "81": "意外伤害门诊",
            "91": "其他门诊",
            "92": "其他住院",
            "93": "其他购药",
            "990101": "门诊单病种",
            "990102": "转诊门诊",
            "9903": "门诊两病",
            "990301": "转诊转院",
            "990302": "医疗专护",
            "990602": "血液特殊病",
            "990802": "康复住院",
            "9933": "透析治疗",
            "9934": "床日住院",
        },
        "psn_type": {
            "116014": "在职残疾军人",
            "126015": "退休残疾军人",
            "126019": "退休（不满足年限）",
            "136003": "缴专项基金的建国前工人",
            "136050": "高层次人才（在职）",
            "136051": "高层次人才（退休）",
            "136090": "离休人员遗属",
        },
    },
    "43": {
        "med_type": {
            "1103": "癌症筛查",
            "1301": "急诊抢救",
            "2101": "普通住院",
            "2102": "单病种住院",
            "2105": "康复治疗住院",
            "9901": "门诊两病",
            "990101": "门诊单病种",
            "9903": "意外伤害门诊",
            "9904": "大病特药",
        },
        "psn_type": {"1105": "农民工"},
        "insutype": {"39905": "二乙医疗保险"},
    },
}
"""Area prefix to field to code to name, for codes only that area uses."""
