"""Every number from which a board turns a colour or a rule of Prometheus fires, in one place.

Change one here, run `make dashboards`, and boards, rules and their tests follow.
"""

from typing import Final

DOWN_MINUTES: Final = 2
"""A process may be silent so long before somebody is called."""
RESTARTS_AN_HOUR: Final = 3
QUIET_MINUTES: Final = 60
"""Without a single event for so long, the sender has stopped or the link is broken."""
LAG_MESSAGES: Final = 10_000
LAG_MINUTES: Final = 15
VISIBLE_SECONDS: Final = 10.0
"""Within this, 95 of 100 alerts must stand in the ledger after their event arrived."""
REJECTED_SHARE: Final = 0.01
REJECTED_LEAST: Final = 10
"""Refused records in a quarter of an hour below which the share means nothing."""
FIGURES_SECONDS: Final = 300
MEMORY_BYTES: Final = 4 << 30
AT_RISK_TIMES: Final = 3.0
"""Money at risk raised in an hour against the mean hour of the week before."""
AT_RISK_LEAST_YUAN: Final = 10_000
WAITING_BREACHES: Final = 100
"""Clear breaches that nobody has decided."""
VERDICT_DAYS: Final = 14
PRECISION_LEAST: Final = 0.3
PRECISION_VERDICTS: Final = 20
"""Verdicts on a rule below which its precision means nothing."""
DRIFT_WATCH: Final = 0.1
DRIFT_ACT: Final = 0.25
"""Population stability index: from the first on look at it, from the second on train again."""
MODEL_DAYS: Final = 180
SCORING_SECONDS: Final = 0.05
PRECHECK_SECONDS: Final = 0.1
"""Within this, 99 of 100 pre-settlement questions must be answered."""
RISK_SECONDS: Final = 3 * 3600
"""Fund risk is worked out every hour."""
CREDIT_LEAST: Final = 60
"""Credit points below which an institution is of the lowest grade (`alerts/risk/points.yaml`)."""
RED: Final = 2
AMBER: Final = 1
"""Levels of fund risk; from which values they hold stands in `alerts/risk/thresholds.yaml`."""
