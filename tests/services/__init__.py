"""Starters of the real services that tests and benchmarks run against.

Each module has a `start(...)` context manager that yields where the service is reached and stops
it at the end. One that cannot be had raises `ComponentMissingError` with what to install.
"""
