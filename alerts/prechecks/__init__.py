"""The verdict before payment: what an answer says, its national shape, the feedback, the API.

Apart from the ledger because an answer is kept nowhere, and from the desk because whoever asks is a
program at a counter and not a supervisor.
"""
