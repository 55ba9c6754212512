"""Sends new alerts to other systems: signed, retried, in order for each subject, at least once.

What is to be sent and how it stands lives in the ledger, so a restart loses nothing and of several
desks one sends. Signatures are those of the Standard Webhooks convention.
"""
