"""The identity provider that the settings name."""

from alerts.access.oidc import OidcSettings
from alerts.access.roles import ROLES, Role
from streams.settings import Settings


class IdentityError(ValueError):
    """Settings of the identity provider that do not fit together; says which."""


def oidc_of(settings: Settings) -> OidcSettings | None:
    """The provider, None where none is named. Raises IdentityError."""
    if not settings.oidc_issuer:
        return None
    if not settings.public_url or not settings.oidc_client_id:
        raise IdentityError(
            "found FUNDWATCH_OIDC_ISSUER alone, expected FUNDWATCH_PUBLIC_URL and"
            " FUNDWATCH_OIDC_CLIENT_ID with it"
        )
    return OidcSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        redirect_url=f"{settings.public_url}/oidc/back",
        role_claim=settings.oidc_role_claim,
        roles=_roles(settings.oidc_roles),
        area_claim=settings.oidc_area_claim,
    )


def _roles(text: str) -> dict[str, Role]:
    named: dict[str, Role] = {role: role for role in ROLES}
    found: dict[str, Role] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        value, _, role = pair.rpartition("=")
        if not value or role not in named:
            raise IdentityError(
                f"found {pair!r} in FUNDWATCH_OIDC_ROLES, expected VALUE=ROLE with one of"
                f" {', '.join(ROLES)}"
            )
        found[value] = named[role]
    return found
