"""Models on disk: artefacts in skops, never pickle, with a manifest that says what they are.

A model is a folder; several stand in one folder of models, with a pointer to the one in use and
one to the one in trial. Whatever does not match its manifest or this installation is refused.
"""
