"""Fund risk and credit points: documented calculations over sums, verdicts and open alerts.

Nothing here decides anything: indicators compare spending with the budget and warn at thresholds
that stand in `thresholds.yaml`, points add up by the table of `points.yaml`. See `docs/risk.md`.
"""
