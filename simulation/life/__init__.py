"""Normal life: what people do who do nothing wrong.

Quietness is tested on it, so it holds what looks odd and is right: equal monthly refills, shared
accounts, several settlements on one day, reversals that are corrected, late death notices.
"""
