"""The live page of alerts: what a supervisor sees when something comes in."""
