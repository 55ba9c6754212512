"""Why something cannot be done with an alert or a case, as the desk tells it."""

from typing import Final

from alerts.access.gate import RefusedError
from alerts.access.roles import ROLE_NAMES, Role, at_least
from alerts.access.users import User
from events.times import moment


def unknown(what: str) -> RefusedError:
    """There is no such thing, or none that the user may see: the two sound the same."""
    return RefusedError(404, "没有找到，或不在可见区划内", f"found no {what} that you may see")


def conflict(changed_by: str, changed_ms: int, version: int) -> RefusedError:
    """Somebody else was quicker; says who and when, and the version that holds now."""
    at = moment(changed_ms // 1000).strftime("%Y-%m-%d %H:%M:%S")
    return RefusedError(
        409,
        f"已被 {changed_by} 于 {at} 修改，请刷新后再操作",
        f"{changed_by} changed it at {at}; look again before you decide",
        {"version": version, "changed_by": changed_by, "changed_at": at},
    )


def wrong(zh: str, en: str) -> RefusedError:
    """What is asked for cannot be."""
    return RefusedError(422, zh, en)


def require(user: User, role: Role) -> None:
    """Raise RefusedError unless a user has at least a role."""
    if not at_least(user.role, role):
        raise RefusedError(
            403,
            f"需要“{ROLE_NAMES[role][0]}”及以上角色",
            f"found the role {user.role}, expected at least {role}",
        )


ACTING: Final[Role] = "supervisor"
"""Who may decide on alerts and cases."""
