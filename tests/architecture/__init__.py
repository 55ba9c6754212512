"""The shape of the repository: imports one way, small modules, docstrings, no traces."""
