"""What codes and names of the sums are called, Chinese and English."""

from typing import Final

SCHEMES: Final = {
    "general": ("普通门诊统筹", "general outpatient pooling"),
    "chronic": ("门诊慢特病", "chronic and special disease"),
    "two_disease": ("两病门诊用药", "two-disease drugs"),
    "pharmacy": ("药店购药", "pharmacy"),
    "emergency": ("急诊", "emergency"),
    "registration": ("挂号", "registration"),
    "inpatient": ("住院", "inpatient"),
    "maternity": ("生育", "maternity"),
    "accident": ("意外伤害", "accident"),
    "other": ("其他", "other"),
    "earlier": ("原结算在期前", "settled before the period"),
}
DIRECTIONS: Final = {"income": ("收入", "income"), "spending": ("支出", "spending")}
ITEMS: Final = {
    "employee": ("在职职工划入", "credit, employee"),
    "flexible": ("灵活就业划入", "credit, flexibly employed"),
    "retiree": ("退休人员划入", "credit, retiree"),
    "transfer_in": ("转移接续转入", "transferred in"),
    "other": ("其他收入", "other income"),
    "refund": ("退费退回", "refunds to the account"),
    "care.own": ("本人就医购药", "own care"),
    "care.family": ("家庭共济", "care of family members"),
    "premium.resident": ("居民医保缴费", "premium, resident insurance"),
    "premium.long_term_care": ("长护险缴费", "premium, long-term care"),
    "premium.large_cost": ("大额医疗费用补助缴费", "premium, large medical costs"),
    "premium.supplementary": ("补充保险缴费", "premium, supplementary"),
    "payout.death": ("身故一次性支付", "lump sum, death"),
    "payout.emigration": ("出国定居一次性支付", "lump sum, emigration"),
    "payout.transfer_out": ("转移接续转出", "transferred out"),
}
PRODUCTS: Final = {
    "resident": ("居民医保", "resident insurance"),
    "long_term_care": ("长护险", "long-term care"),
    "large_cost": ("大额医疗费用补助", "large medical costs"),
    "supplementary": ("补充保险", "supplementary"),
    "other": ("其他", "other"),
}
RELATIONS: Final = {
    "self": ("本人", "self"),
    "spouse": ("配偶", "spouse"),
    "parent": ("父母", "parent"),
    "spouse_parent": ("配偶父母", "spouse's parent"),
    "child": ("子女", "child"),
    "other": ("其他", "other"),
}
STATUSES: Final = {"open": ("未核实", "open"), "withdrawn": ("已撤销", "withdrawn")}
VERDICTS: Final = {
    "": ("未作结论", "none yet"),
    "confirmed": ("查实", "confirmed"),
    "dismissed": ("排除", "dismissed"),
}
INDICATORS: Final = {
    "run_rate": ("预算执行进度", "spent against the budget so far"),
    "projection": ("全年推算支出与预算之比", "projected year against the budget"),
    "months_of_budget": ("预算余额支付月数差", "months the budget lasts beyond the year's end"),
    "months_of_surplus": ("累计结余可支付月数", "months of surplus"),
    "growth_year": ("同比增长", "growth over the year before"),
    "growth_previous": ("环比增长", "growth over the period before"),
    "top_five_share": ("前五家机构占比", "share of the five largest institutions"),
    "hhi": ("机构集中度HHI", "concentration of institutions, HHI"),
    "at_risk_share": ("未核实预警金额占支出之比", "money in open alerts against spending"),
}
VIEWS: Final = {
    "month": ("月监测", "month"),
    "quarter": ("季分析", "quarter"),
    "half": ("半年评估", "half year"),
    "year": ("年", "year"),
}
LEVELS: Final = {
    "green": ("正常", "green"),
    "amber": ("黄色预警", "amber"),
    "red": ("红色预警", "red"),
}
KINDS: Final = {
    "day": ("日", "day"),
    "week": ("周", "week"),
    "month": ("月", "month"),
    "quarter": ("季度", "quarter"),
    "half": ("半年", "half year"),
}


def told(words: dict[str, tuple[str, str]], name: str) -> str:
    """A name in both languages, Chinese first; the name itself where it has none."""
    known = words.get(name)
    return f"{known[0]} {known[1]}" if known else name
