"""Models of what no rule foresaw: features, detectors, triage, training, and the store of models.

Rules find what the law names; here stand the scores that say what is unusual, why, and what to
look at first. Nothing here decides what an alert is: `streams` puts scores into the stream.
"""
