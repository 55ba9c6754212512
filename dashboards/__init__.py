"""What Grafana and Prometheus show of fundwatch, as code: `python -m dashboards` writes the files.

Boards, rules and their tests are data in these modules; the JSON and YAML under `grafana/` and
`prometheus/` follow from them and are committed. Nothing of ours is imported: a board knows
metrics by their names only, and a test asks a real Prometheus for every one of them.
"""
