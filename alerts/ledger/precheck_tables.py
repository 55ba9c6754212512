"""The table of what was answered to a remark made before payment (3103).

Times are wall times, epoch milliseconds. The journal has every answer, the table the last one.
"""

from typing import Final

from sqlalchemy import Column, Index, Table

from alerts.ledger.schema import LONG, TABLES, TEXT

FEEDBACK: Final = Table(
    "precheck_feedback",
    TABLES,
    Column("warn_rslt_id", TEXT, primary_key=True),
    Column("alert_id", TEXT, nullable=False),
    Column("warn_type", TEXT, nullable=False),
    Column("dspo_way", TEXT, nullable=False),
    Column("dspo_way_rea", TEXT, nullable=False),
    Column("actor", TEXT, nullable=False),
    Column("at_ms", LONG, nullable=False),
    Index("precheck_feedback_by_alert", "alert_id"),
    Index("precheck_feedback_by_time", "at_ms"),
)
"""By the id of the remark (`jr_id`); `alert_id` is that of the alert the payment then raises."""
