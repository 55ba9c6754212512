"""Assembles everything: the pure pipeline, the embedded runner, the Faust workers, the command line.

The only package that reads settings, clocks, files, networks and databases.
"""
