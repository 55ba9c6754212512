"""A case's package as an Excel workbook, Chinese first.

Text is written as text and never begins with a sign that a spreadsheet takes for a formula, not
even after somebody saves it as CSV and opens that again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from alerts.ledger.rows import canonical

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MOST: Final = 32_000
"""A cell holds at most 32,767 characters."""
_CASE: Final = (
    ("case_id", "案件编号 Case"),
    ("title", "标题 Title"),
    ("status_zh", "状态 Status"),
    ("source_zh", "线索来源 Source"),
    ("party_zh", "主体类别 Party"),
    ("subject", "对象 Subject"),
    ("area", "区划 Area"),
    ("verdict", "认定 Verdict"),
    ("conduct_began", "违法行为起始日 Conduct began"),
    ("conduct_ended", "违法行为终了日 Conduct ended"),
    ("handed_to_zh", "移交对象 Handed to"),
    ("recipient", "接收单位 Recipient"),
    ("opened_by", "立项人 Opened by"),
    ("opened_at", "立项时间 Opened at"),
    ("handed_at", "移交时间 Handed over at"),
    ("closed_at", "办结时间 Closed at"),
)
_AMOUNTS: Final = (
    ("in_breach", "违规金额（元） In breach"),
    ("involved", "涉及金额（元） Involved"),
    ("confirmed", "认定金额（元） Confirmed"),
    ("recovered", "追回金额（元） Recovered"),
)
_SHEETS: Final = (
    (
        "预警 Alerts",
        "alerts",
        (
            ("alert_id", "预警编号"),
            ("name_zh", "规则"),
            ("sev_deg", "级别"),
            ("status", "状态"),
            ("subject", "对象"),
            ("area", "区划"),
            ("amount", "违规金额（元）"),
            ("involved", "涉及金额（元）"),
            ("first_event_time", "首次时间"),
            ("last_event_time", "末次时间"),
            ("message_zh", "情况"),
            ("clauses", "依据"),
            ("verdict", "认定"),
            ("evidence", "证据数据"),
        ),
    ),
    (
        "证据 Evidence",
        "evidence",
        (
            ("number", "序号"),
            ("kind", "证据种类"),
            ("alert_id", "预警编号"),
            ("event_id", "事件编号"),
            ("event_type", "事件类型"),
            ("event_time", "发生时间"),
            ("obtained_at", "取证时间"),
            ("fixmedins_code", "定点机构"),
            ("setl_id", "结算编号"),
            ("medfee_sumamt", "医疗费总额（元）"),
            ("fund_pay_sumamt", "基金支付（元）"),
            ("acct_pay", "个人账户支付（元）"),
        ),
    ),
    (
        "期限 Clocks",
        "clocks",
        (
            ("zh", "期限"),
            ("started", "起算日"),
            ("due", "届满日"),
            ("extensions", "延长次数"),
            ("met", "完成日"),
            ("late", "逾期"),
        ),
    ),
    (
        "举报 Tips",
        "tips",
        (("tip_id", "编号"), ("kind", "类型"), ("about", "对象"), ("text", "内容")),
    ),
    (
        "备注 Notes",
        "notes",
        (("at", "时间"), ("author", "人员"), ("about", "关于"), ("text", "内容")),
    ),
    (
        "日志 Journal",
        "journal",
        (
            ("seq", "序号"),
            ("at", "时间"),
            ("actor", "人员"),
            ("action", "动作"),
            ("about", "关于"),
            ("content", "内容"),
            ("hash", "哈希"),
        ),
    ),
)
_WIDTH: Final = 18


class _Book:
    """A workbook and the formats that its cells share."""

    def __init__(self, file: BytesIO) -> None:
        self.book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
        self.bold = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.money = self.book.add_format({"num_format": "#,##0.00"})


def workbook(package: Mapping[str, Any]) -> bytes:
    """The bytes of an .xlsx file of what `package` gives; the same package gives the same."""
    kept = BytesIO()
    shared = _Book(kept)
    made = datetime.fromisoformat(str(package["made_at"])).replace(tzinfo=None)
    shared.book.set_properties({"title": str(package["case"]["case_id"]), "created": made})
    _case_sheet(shared, package)
    for title, name, columns in _SHEETS:
        _table(shared, title, columns, package[name])
    shared.book.close()
    return kept.getvalue()


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula, no longer than a cell."""
    cut = text if len(text) <= _MOST else text[:_MOST] + "…"
    return f"'{cut}" if cut.startswith(_FORMULA) else cut


def _case_sheet(book: _Book, package: Mapping[str, Any]) -> None:
    case = package["case"]
    cause = case["cause"]
    rows: list[tuple[str, Any]] = [(title, case[name]) for name, title in _CASE]
    rows.append(
        ("案由 Cause", " ".join(filter(None, (cause["article"], cause["zh"], cause["en"]))))
    )
    rows += [(title, case["amounts"][name]) for name, title in _AMOUNTS]
    rows.append(("执法人员 Officers", "、".join(case["officers"])))
    head = package["journal_head"]
    rows.append(("制作 Made", f"{package['made_by']} {package['made_at']}"))
    rows.append(("日志末条 Journal head", f"{head['seq']} {head['hash']}"))
    rows.append(
        ("说明 Note", "参保人员以代码表示；金额为元。Persons are pseudonyms; amounts are yuan.")
    )
    sheet = book.book.add_worksheet("案件 Case")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 80)
    for line, (title, value) in enumerate(rows):
        sheet.write_string(line, 0, title, book.bold)
        _write(book, sheet, line, 1, value)


def _table(
    book: _Book,
    title: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    sheet = book.book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, _WIDTH)
    for column, (_, name) in enumerate(columns):
        sheet.write_string(0, column, name, book.bold)
    for line, row in enumerate(rows, 1):
        for column, (name, _) in enumerate(columns):
            _write(book, sheet, line, column, row.get(name))


def _write(book: _Book, sheet: Worksheet, line: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(line, column, "是" if value else "否")
    elif isinstance(value, Decimal):
        sheet.write_number(line, column, float(value), book.money)
    elif isinstance(value, int):
        sheet.write_number(line, column, value)
    elif isinstance(value, str):
        sheet.write_string(line, column, safe_text(value))
    elif isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        sheet.write_string(line, column, safe_text("；".join(value)))
    else:
        sheet.write_string(line, column, safe_text(canonical(value)))
