"""Assembles everything: pure pipeline, embedded runner, Faust workers, command line.

The only package that reads settings, clocks, files, networks and databases.
"""
