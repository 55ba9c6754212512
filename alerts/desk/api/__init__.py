"""The HTTP API `/v1`: what programs may ask of the desk, and what it answers.

Routes translate: query and body into the calls of `alerts.cases` and `alerts.access`, and what
comes back into JSON, amounts in yuan with two decimals, times RFC 3339. `shapes` describes both.
"""
