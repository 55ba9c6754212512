"""What a model says of its alert, beside what its peers do, in the reader's language."""

from decimal import Decimal

from alerts.desk.pages.evidence import evidence_of
from alerts.desk.pages.explaining import explanation_of
from alerts.desk.pages.wording import words
from tests.unit.alerts.made import an_alert

EVIDENCE = {
    "score": Decimal("0.9871"),
    "threshold": Decimal("0.95"),
    "one_in": 2000,
    "why_zh": "费用总额：980.00 元（同组中位数 120.00 元）；间隔：2.0 小时（同组中位数 80.0 小时）",
    "why_en": "total fee: 980.00 yuan (peers' median 120.00); gap: 2.0 hours (peers' median 80.0)",
    "features": {
        "fee": 980,
        "fee_peers": 120,
        "fee_weight": Decimal("0.61"),
        "gap": 2,
        "gap_peers": 80,
        "gap_weight": Decimal("0.2"),
    },
    "model": "2026-03-01",
    "place": "某医院",
}


def test_reasons_and_measures_in_both_languages() -> None:
    alert = an_alert(family="anomaly", rule_id="anomaly.settlement", evidence=EVIDENCE)
    zh, en = (explanation_of(alert, words(language)) for language in ("zh", "en"))
    assert zh is not None
    assert en is not None
    assert [feature.name for feature in zh.features] == ["费用总额", "间隔"]
    assert [feature.name for feature in en.features] == ["total fee", "gap"]
    fee, gap = zh.features
    assert (fee.value, fee.peers, fee.share) == ("980", "120", 1.0)
    assert gap.share == 2 / 80
    assert (zh.score, zh.threshold, zh.one_in) == ("0.9871", "0.95", "2000")
    # The rest of the evidence stands where that of rules stands.
    assert evidence_of(alert, words("zh")) == [("机构", "某医院")]


def test_a_rule_has_no_model() -> None:
    assert explanation_of(an_alert(), words("zh")) is None
    bare = an_alert(family="anomaly", evidence={"score": 1, "features": [1, 2]})
    found = explanation_of(bare, words("zh"))
    assert found is not None
    assert found.features == ()
