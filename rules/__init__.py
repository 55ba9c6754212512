"""What is checked: policy packs (law as dated data), keyed histories (state) and the rules.

A rule is a module with a YAML twin of the same name; `rules.registry` finds them, `rules.engine`
runs them. Pure: no clock, no network, no database. Imports `events` only.
"""
