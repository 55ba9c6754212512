"""The roles, each of which may do all that the one before it may."""

from typing import Final, Literal, get_args

Role = Literal["viewer", "auditor", "supervisor", "administrator"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""From the least to the most: reads alerts; reads the journal and takes exports; decides on alerts
and cases and may reveal a person; keeps users, tokens and webhooks."""

ROLE_NAMES: Final[dict[Role, tuple[str, str]]] = {
    "viewer": ("查看员", "viewer"),
    "auditor": ("稽核员", "auditor"),
    "supervisor": ("监管员", "supervisor"),
    "administrator": ("管理员", "administrator"),
}
"""Names in Chinese and English."""


def at_least(role: Role, needed: Role) -> bool:
    """Whether a role includes what another may do."""
    return ROLES.index(role) >= ROLES.index(needed)
