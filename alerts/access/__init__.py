"""Who may see and do what: users with roles and areas, passwords, tokens, sessions, logins.

Everything but the login itself, health and metrics is closed unless `alerts.access.guard` knows
who asks; `alerts.access.dependencies` then says what their role lets them do.
"""
