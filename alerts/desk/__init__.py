"""The supervisors' desk as a web application: the pages, the HTTP API, and what assembles both.

Nothing here decides anything: who may do what stands in `alerts.access`, what can be done with
alerts in `alerts.cases`.
"""
