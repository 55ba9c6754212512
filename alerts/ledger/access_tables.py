"""Tables of who may see what: users, their tokens, sessions and one-time links, and webhooks.

Passwords stand as Argon2 hashes, tokens, sessions and links as SHA-256 of what only their holder
knows; a webhook's secret must stand as it is, because every delivery is signed with it. Times are
wall times, epoch milliseconds; an empty text or 0 stands for none.
"""

from typing import Final

from sqlalchemy import Column, Index, Integer, Table

from alerts.ledger.schema import LONG, TABLES, TEXT

USERS: Final = Table(
    "users",
    TABLES,
    Column("name", TEXT, primary_key=True),
    Column("role", TEXT, nullable=False),
    Column("areas", TEXT, nullable=False),
    Column("password", TEXT, nullable=False),
    Column("oidc", TEXT, nullable=False),
    Column("active", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_ms", LONG, nullable=False),
    Column("changed_ms", LONG, nullable=False),
    Index("users_by_oidc", "oidc"),
)
"""`areas` is a JSON list of area codes or their beginnings; `oidc` is issuer, blank, subject."""

TOKENS: Final = Table(
    "tokens",
    TABLES,
    Column("token_id", TEXT, primary_key=True),
    Column("secret_hash", TEXT, nullable=False),
    Column("user_name", TEXT, nullable=False),
    Column("purpose", TEXT, nullable=False),
    Column("scope", TEXT, nullable=False),
    Column("created_ms", LONG, nullable=False),
    Column("expires_ms", LONG, nullable=False),
    Column("revoked_ms", LONG, nullable=False),
    Column("used_ms", LONG, nullable=False),
    Index("tokens_by_hash", "secret_hash", unique=True),
    Index("tokens_by_user", "user_name"),
)
"""`scope` is `api` (all its user may) or `send` (events and questions before payment only)."""

SESSIONS: Final = Table(
    "sessions",
    TABLES,
    Column("secret_hash", TEXT, primary_key=True),
    Column("user_name", TEXT, nullable=False),
    Column("csrf", TEXT, nullable=False),
    Column("created_ms", LONG, nullable=False),
    Column("seen_ms", LONG, nullable=False),
    Column("expires_ms", LONG, nullable=False),
    Index("sessions_by_user", "user_name"),
)
"""Browsers that are logged in; `csrf` goes into their forms."""

LINKS: Final = Table(
    "one_time_links",
    TABLES,
    Column("secret_hash", TEXT, primary_key=True),
    Column("purpose", TEXT, nullable=False),
    Column("user_name", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("areas", TEXT, nullable=False),
    Column("created_ms", LONG, nullable=False),
    Column("expires_ms", LONG, nullable=False),
    Column("used_ms", LONG, nullable=False),
)
"""Links that make a user (`first`, `invite`) or set a password (`password`), once."""

OIDC_FLOWS: Final = Table(
    "oidc_flows",
    TABLES,
    Column("state_hash", TEXT, primary_key=True),
    Column("nonce", TEXT, nullable=False),
    Column("verifier", TEXT, nullable=False),
    Column("onward", TEXT, nullable=False),
    Column("expires_ms", LONG, nullable=False),
)
"""Logins that are on their way to the identity provider and back."""

WEBHOOKS: Final = Table(
    "webhooks",
    TABLES,
    Column("webhook_id", TEXT, primary_key=True),
    Column("url", TEXT, nullable=False),
    Column("secret", TEXT, nullable=False),
    Column("areas", TEXT, nullable=False),
    Column("families", TEXT, nullable=False),
    Column("least_severity", Integer, nullable=False),
    Column("made_by", TEXT, nullable=False),
    Column("created_ms", LONG, nullable=False),
    Column("removed_ms", LONG, nullable=False),
    Column("after_seq", LONG, nullable=False),
    Column("delivered", LONG, nullable=False),
    Column("given_up", LONG, nullable=False),
    Column("last_ms", LONG, nullable=False),
    Column("last_answer", TEXT, nullable=False),
    Column("lease_until_ms", LONG, nullable=False),
)
"""Where new alerts are sent; `after_seq` is the place in the feed up to which all were taken up."""

DELIVERIES: Final = Table(
    "webhook_deliveries",
    TABLES,
    Column("webhook_id", TEXT, primary_key=True),
    Column("alert_id", TEXT, primary_key=True),
    Column("feed_seq", LONG, nullable=False),
    Column("subject", TEXT, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_ms", LONG, nullable=False),
    Index("webhook_deliveries_by_turn", "webhook_id", "feed_seq"),
)
"""What was taken up and is not delivered yet; a subject's wait for one another."""
