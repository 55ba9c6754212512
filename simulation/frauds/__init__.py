"""Frauds to be found, one function a typology; each labels the events it makes."""
