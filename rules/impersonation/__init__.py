"""Rules on who was really there: another person's credential, two places at once, after death."""
