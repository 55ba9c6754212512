"""Tests, by what they need: unit, property, cases, architecture; integration needs services."""
