"""Legitimate look-alikes at the boundary of each typology, labelled as near-misses."""
