"""What models may find: names, messages, limits and severity, without any check of their own.

What is unusual depends on the model in use, so these have no cases in their YAML; the detectors and
the panel of `streams.anomaly` have contract tests instead. Never a clear breach.
"""
