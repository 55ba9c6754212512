"""Policy packs: what holds where and when, what is refused, and what overlays may do."""

import pickle
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from events.times import day_number
from rules.clauses import cite, load_clauses
from rules.documents import POLICY_DIR, load_documents
from rules.packs import PackError, Policy
from rules.packs.render import render
from rules.strict_yaml import DataFileError, read_mapping

YINCHUAN, CHENGDU, CHIFENG, ELSEWHERE = "640104", "510104", "150402", "330102"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load()


def on(text: str) -> int:
    return day_number(date.fromisoformat(text))


def held(policy: Policy, area: str, path: str, day: str) -> object:
    found = policy.at(area, path, on(day))
    return None if found is None else found.value


def test_a_value_holds_from_its_day_and_names_its_reference(policy: Policy) -> None:
    assert held(policy, CHIFENG, "outpatient.deductible.employed", "2022-09-30") is None
    found = policy.at(CHIFENG, "outpatient.deductible.employed", on("2022-10-01"))
    assert found is not None
    assert found.fen == 1000_00
    assert found.reference == "赤政办发〔2022〕39号（赤政办发〔2023〕23号修改） 第五条"
    assert found.clauses == ("CF-5a",)
    assert (found.source, found.filled) == ("chifeng", False)


def test_chifeng_credits_retirees_three_percent_in_2022_and_two_from_2023(policy: Policy) -> None:
    assert held(policy, CHIFENG, "account.credit.retiree_rate", "2022-12-31") == Decimal("0.03")
    assert held(policy, CHIFENG, "account.credit.retiree_rate", "2023-01-01") == Decimal("0.02")


def test_a_pooling_area_inherits_from_its_province_and_the_nation(policy: Policy) -> None:
    province = policy.at(CHENGDU, "outpatient.ratio.tertiary.employed", on("2024-01-01"))
    assert province is not None and province.source == "sichuan"
    nation = policy.at(CHENGDU, "presence.credentials", on("2024-01-01"))
    assert nation is not None and nation.source == "nation"
    assert held(policy, CHIFENG, "presence.credentials", "2024-01-01") == ("01", "03")
    assert held(policy, ELSEWHERE, "presence.credentials", "2024-01-01") == ("01", "02", "03")
    assert policy.pack_of(YINCHUAN).id == "yinchuan"
    assert policy.pack_of("640221").id == "ningxia"
    assert policy.pack_of(ELSEWHERE).id == policy.pack_of("").id == "nation"


def test_ningxia_widens_parents_to_the_spouses_with_the_procedures(policy: Policy) -> None:
    path = "account.family.relations"
    assert held(policy, YINCHUAN, path, "2023-07-31") == ("spouse", "parent", "child")
    assert held(policy, YINCHUAN, path, "2023-08-01") == (
        "spouse",
        "parent",
        "spouse_parent",
        "child",
    )
    assert held(policy, CHENGDU, path, "2023-08-01") == ("spouse", "parent", "child")


def test_what_is_left_to_the_area_is_open_and_keeps_its_bounds(policy: Policy) -> None:
    path = "outpatient.ratio.tertiary.retired"
    assert policy.status(CHENGDU, path, on("2024-01-01")) == "open"
    assert policy.at(CHENGDU, path, on("2024-01-01")) is None
    assert policy.bounds(CHENGDU, path, on("2024-01-01")) == (Decimal("0.55"), Decimal("0.60"))
    assert "第七条" in policy.why_open(CHENGDU, path, on("2024-01-01"))
    assert policy.status(CHENGDU, path, on("2022-06-01")) == "absent"
    paths = {value.path for value in policy.open_values(CHENGDU)}
    assert {path, "outpatient.cap.employed", "account.credit.retiree_base_amount"} <= paths
    assert "outpatient.deductible.employed" not in paths


def test_a_value_ends_with_its_document_and_the_wider_area_answers_again(policy: Policy) -> None:
    path = "outpatient.deductible.employed"
    assert held(policy, CHENGDU, path, "2027-01-31") == 200_00
    assert held(policy, CHENGDU, path, "2027-02-01") is None
    assert policy.status(CHENGDU, path, on("2027-02-01")) == "repealed"
    relations = policy.at(CHENGDU, "account.family.relations", on("2027-02-01"))
    assert relations is not None and relations.source == "nation"


def test_an_unknown_path_is_an_error_not_a_silence(policy: Policy) -> None:
    with pytest.raises(KeyError):
        policy.at(YINCHUAN, "outpatient.deductable", on("2024-01-01"))


def test_a_value_is_read_in_its_type_only(policy: Policy) -> None:
    found = policy.at(CHIFENG, "outpatient.cap_counts_in_basic_cap", on("2024-01-01"))
    assert found is not None and found.flag is True
    for wrong in ("fen", "ratio", "text", "codes", "date"):
        with pytest.raises(TypeError, match="第六条"):
            getattr(found, wrong)


def test_policy_crosses_process_borders_and_its_digest_follows_content(
    policy: Policy, tmp_path: Path
) -> None:
    copy = pickle.loads(pickle.dumps(policy))
    assert copy.digest == policy.digest == Policy.load().digest
    assert held(copy, CHIFENG, "outpatient.cap.retired", "2024-01-01") == 5000_00
    root = copied(tmp_path)
    edit(root / "chifeng" / "outpatient.yaml", "value: 5000", "value: 5001")
    assert Policy.load(root=root).digest != policy.digest


def test_every_clause_named_in_a_pack_exists_and_every_statement_was_checked() -> None:
    clauses = load_clauses()
    cited: set[str] = set()
    for pack in Policy.load().packs():
        for entries in pack.entries.values():
            for entry in entries:
                cited.update(entry.clauses)
                assert entry.checked >= date(2026, 11, 23)
    assert cited <= clauses.keys()
    benefits = {key for key, clause in clauses.items() if clause.kind == "benefit"}
    assert {"CF-5a", "CF-5b", "CF-5c", "CF-6", "CF-12", "NXP-13a", "NXP-14"} <= cited & benefits


# ---- clauses -------------------------------------------------------------------------------


def test_all_clauses_are_there_in_both_languages_and_can_be_cited() -> None:
    clauses = load_clauses()
    assert len(clauses) == 107
    for clause in clauses.values():
        assert clause.demand_zh and clause.demand_en and clause.family and clause.title
    assert cite("NX-OPN-3.3a") == "宁政办规发〔2022〕3号 三(三)"
    assert cite("NXP-22a") == "《宁夏回族自治区职工基本医疗保险门诊共济保障经办规程》 第二十二条"
    assert clauses["CF-12"].in_force == date(2023, 4, 25)
    assert clauses["SC-7a"].until == date(2027, 1, 31)


def test_documents_say_which_text_was_not_at_hand() -> None:
    documents = load_documents()
    assert documents["CF-DET"].at_hand
    assert not documents["REG-735"].at_hand


# ---- what the loader refuses ---------------------------------------------------------------


def copied(tmp_path: Path) -> Path:
    root = tmp_path / "policy"
    shutil.copytree(POLICY_DIR, root)
    return root


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("chifeng/outpatient.yaml", "value: 4000", "worth: 4000", "worth"),
        ("chifeng/outpatient.yaml", "value: 4000", "value: four", "expected a money"),
        ("chifeng/outpatient.yaml", "value: 4000", "value: 4000.001", "two decimals"),
        ("chifeng/outpatient.yaml", "value: 0.50", "value: 1.50", "expected a ratio"),
        ("chifeng/outpatient.yaml", "value: true", "value: 1", "expected a flag"),
        ("chifeng/outpatient.yaml", "      document: CF-DET\n", "", "missing reference"),
        ("chifeng/outpatient.yaml", "      article: 第五条\n", "", "missing reference"),
        ("chifeng/outpatient.yaml", "document: CF-DET\n", "document: CF-X\n", "missing reference"),
        ("chifeng/outpatient.yaml", "      checked: 2026-11-23\n", "", "checked: missing"),
        ("chifeng/outpatient.yaml", "from: 2022-10-01", "from: 2022-09-30", "came into force"),
        ("chifeng/outpatient.yaml", "clauses: [CF-5a]", "clauses: [SC-7a]", "no clause of CF-DET"),
        ("chifeng/outpatient.yaml", "cap:\n", "ceiling:\n", "not in parameters.yaml"),
        ("chifeng/outpatient.yaml", "cap:\n", "ratio:\n", "twice"),
        ("chifeng/account.yaml", "from: 2023-01-01", "from: 2022-10-01", "overlaps"),
        ("chifeng/account.yaml", "value: [low]", "value: [lower]", "expected a list out of"),
        ("chifeng/account.yaml", "value: [low]", "value: [low, low]", "distinct"),
        ("chifeng/offsite.yaml", "value: 2023-04-25", "value: 25.04.2023", "expected a date"),
        ("sichuan/outpatient.yaml", "bounds: [0.55, 0.60]", "bounds: [0.60, 0.55]", "bounds"),
        ("sichuan/outpatient.yaml", "open: true", "open: false", "expected true"),
        ("sichuan/outpatient.yaml", "open: true", "open: true\n      value: 1", "exactly one"),
        ("sichuan/outpatient.yaml", "from: 2023-01-01", "from: 2027-02-01", "ran out"),
        ("chengdu/pack.yaml", "parent: sichuan", "parent: ningxia", "wider area"),
        ("chengdu/pack.yaml", "parent: sichuan", "parent: ''", "parent: missing"),
        ("chengdu/pack.yaml", "parent: sichuan\n", "", "expected"),
        ("documents.yaml", "kind: city", "kind: town", "kind"),
        ("documents.yaml", "title: 赤峰市", "titel: 赤峰市", "titel"),
        ("clauses.yaml", "document: CF-DET", "document: CF", "document"),
        ("clauses.yaml", "  kind: check", "  kind: cheque", "kind"),
        ("parameters.yaml", "type: ratio", "type: percent", "percent"),
    ],
)
def test_errors_name_the_file_and_what_is_wrong(
    tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    root = copied(tmp_path)
    edit(root / file, old, new)
    with pytest.raises(DataFileError) as caught:
        Policy.load(root=root)
    assert says in str(caught.value)
    assert file.split("/", maxsplit=1)[0] in str(caught.value)


def test_broken_files_are_errors_that_name_the_file(tmp_path: Path) -> None:
    root = copied(tmp_path)
    (root / "chifeng" / "basic.yaml").write_bytes(b"\xff\xfe\x00cap")
    with pytest.raises(DataFileError, match=r"basic\.yaml"):
        Policy.load(root=root)
    (root / "chifeng" / "basic.yaml").write_text("- just\n- a list\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"basic\.yaml"):
        Policy.load(root=root)
    (root / "chifeng" / "basic.yaml").write_text("cap: {a: [}", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"basic\.yaml"):
        Policy.load(root=root)


def test_null_repeals_and_stops_inheritance(tmp_path: Path) -> None:
    root = copied(tmp_path)
    (root / "chifeng" / "refund.yaml").write_text(
        "channel:\n  - {from: 2024-01-01, value: null, document: CF-DET, article: 第十一条,"
        " checked: 2026-11-23}\n",
        encoding="utf-8",
    )
    policy = Policy.load(root=root)
    assert held(policy, CHIFENG, "refund.channel", "2023-12-31") == "same_as_paid"
    assert held(policy, CHIFENG, "refund.channel", "2024-01-01") is None
    assert policy.status(CHIFENG, "refund.channel", on("2024-01-01")) == "repealed"


# ---- overlays ------------------------------------------------------------------------------


def overlay(tmp_path: Path, values: str, pack: str = "chengdu", mode: str = "fill") -> Path:
    path = tmp_path / f"{pack}-{mode}.yaml"
    path.write_text(
        f"overlay: test-{mode}\npack: {pack}\nmode: {mode}\nofficial: false\n"
        f"title_zh: 试\ntitle_en: trial\nvalues:\n{values}",
        encoding="utf-8",
    )
    return path


def stated(path: str, value: str, start: str = "2023-01-01") -> str:
    return (
        f"  {path}:\n    - {{from: {start}, value: {value}, "
        "reference: a note of the area, checked: 2026-11-23}\n"
    )


def test_an_overlay_fills_an_open_value_and_the_value_says_so(tmp_path: Path) -> None:
    path = "outpatient.cap.employed"
    policy = Policy.load([overlay(tmp_path, stated(path, "2000"))])
    found = policy.at(CHENGDU, path, on("2024-01-01"))
    assert found is not None
    assert (found.fen, found.filled, found.overlay) == (2000_00, True, "test-fill")
    assert found.reference == "a note of the area"
    assert policy.at("510302", path, on("2024-01-01")) is None, "Zigong is another pooling area"
    assert path not in {value.path for value in policy.open_values(CHENGDU)}
    assert policy.digest != Policy.load().digest
    assert Policy.load().status(CHENGDU, path, on("2024-01-01")) == "open"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (stated("outpatient.deductible.employed", "100"), "already has this"),
        (stated("outpatient.ratio.tertiary.retired", "0.70"), "allows"),
        (stated("outpatient.capp.employed", "100"), "no such parameter"),
        (stated("outpatient.cap.employed", "many"), "expected a money"),
        (stated("outpatient.cap.employed", "1").replace("reference", "source"), "source"),
        (
            "  outpatient.cap.employed:\n    - {from: 2023-01-01, value: 1, checked: 2026-11-23}\n",
            "missing reference",
        ),
    ],
)
def test_an_overlay_that_overreaches_is_refused(tmp_path: Path, values: str, says: str) -> None:
    file = overlay(tmp_path, values)
    with pytest.raises(PackError, match=says) as caught:
        Policy.load([file])
    assert str(file) in str(caught.value)


def test_a_what_if_replaces_a_set_value_from_its_day(tmp_path: Path) -> None:
    path = "outpatient.deductible.employed"
    file = overlay(tmp_path, stated(path, "800", "2024-01-01"), "chifeng", "replace")
    policy = Policy.load([file])
    assert held(policy, CHIFENG, path, "2023-12-31") == 1000_00
    assert held(policy, CHIFENG, path, "2024-01-01") == 800_00
    found = policy.at(CHIFENG, path, on("2024-01-01"))
    assert found is not None and found.filled


def test_law_that_comes_later_takes_over_from_a_filling_overlay(tmp_path: Path) -> None:
    path = "outpatient.cap.employed"
    root = copied(tmp_path)
    (root / "chengdu" / "outpatient.yaml").write_text(
        "cap:\n  employed:\n    - {from: 2025-01-01, value: 2600, document: SC-MEA,"
        " article: 第七条, checked: 2026-11-23}\n",
        encoding="utf-8",
    )
    policy = Policy.load([overlay(tmp_path, stated(path, "2000"))], root=root)
    assert held(policy, CHENGDU, path, "2024-12-31") == 2000_00
    assert held(policy, CHENGDU, path, "2025-01-01") == 2600_00


def test_a_whole_timeline_has_no_gap_and_no_overlap(policy: Policy) -> None:
    for pack in policy.packs():
        for path in policy.parameters():
            line = policy.timeline(pack.admdvs, path)
            starts = [segment.start for segment in line]
            assert starts == sorted(set(starts))
            for segment in line:
                if segment.status == "set":
                    assert policy.at(pack.admdvs, path, segment.start) == segment.value
                    before = policy.at(pack.admdvs, path, segment.start - 1)
                    assert before != segment.value


def test_days_are_calendar_days(policy: Policy) -> None:
    day = on("2023-08-01")
    assert policy.at(YINCHUAN, "refund.channel", day) != policy.at(
        YINCHUAN, "refund.channel", day - timedelta(days=1).days
    )


def test_the_page_in_the_documentation_is_current(policy: Policy) -> None:
    page = (POLICY_DIR.parent.parent / "docs" / "policy.md").read_text(encoding="utf-8")
    assert page == render(policy), "run: python -m rules.packs.render > docs/policy.md"


def test_shipped_overlays_load_and_the_demonstrations_say_what_they_are() -> None:
    files = sorted((POLICY_DIR / "overlays").glob("*.yaml"))
    assert len(files) >= 4
    Policy.load(files)
    for file in files:
        raw = read_mapping(file)
        assert raw["official"] is False
        assert file.stem == raw["overlay"]
        if file.stem.startswith("demonstration"):
            assert "演示" in str(raw["title_zh"]) and "demonstration" in str(raw["title_en"])
            assert file.read_text(encoding="utf-8").startswith("# FOR DEMONSTRATION ONLY.")
