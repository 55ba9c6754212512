"""Figures, as ratios inside one run, because machines are noisy: `make bench`."""
