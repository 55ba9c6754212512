"""National knowledge points (医保智能监管知识点): the published table as data that drives rules.

`reading` and `store` keep the table, `parsing` says which points settlement data can decide and
why the others cannot, `index` finds the points of a fee line, and each module with a YAML twin is
the rule of one sort of limit.
"""
