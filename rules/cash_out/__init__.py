"""Rules on turning account and pool money into cash or into what insurance does not cover."""
