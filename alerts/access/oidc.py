"""OpenID Connect: letting in who an identity provider knows, by authorization code with PKCE.

The provider says who somebody is and what they may; both are taken over at every login. ID tokens
are checked as the specification asks: signature by the provider's published keys, issuer,
audience, expiry, nonce, and the hash of the access token.
"""

import hmac
import secrets
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from msgspec import Struct
from sqlalchemy import delete, insert, select

from alerts.access import users
from alerts.access.gate import Gate, RefusedError
from alerts.access.roles import ROLES, Role
from alerts.access.secret import kept, new_secret
from alerts.access.users import AccessError, User
from alerts.ledger.access_tables import OIDC_FLOWS
from alerts.ledger.journal import Entry, append, lock_head

FLOW_MS: Final = 10 * 60_000
"""So long a login at the provider may take."""
_LEEWAY: Final = 60
_FRESH_MS: Final = 3_600_000
_TIMEOUT: Final = 10.0
_ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures by keys that only the provider has."""


class OidcSettings(Struct, frozen=True, kw_only=True):
    """Which provider, and what its claims mean.

    `roles` maps values of `role_claim` to roles; where it is empty the values are the names of
    roles. `area_claim` names a claim with area codes or beginnings; without one everybody whom the
    provider lets in sees all areas.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_url: str
    role_claim: str = "roles"
    roles: Mapping[str, Role] = {}
    area_claim: str = ""
    scope: str = "openid profile"


class Provider:
    """An identity provider, asked for its endpoints and keys once an hour."""

    def __init__(self, settings: OidcSettings, client: httpx.Client | None = None) -> None:
        self.settings = settings
        self._client = client or httpx.Client(timeout=_TIMEOUT, trust_env=False)
        self._lock = threading.Lock()
        self._metadata: Mapping[str, Any] = {}
        self._keys: KeySet | None = None
        self._asked_ms = 0

    def metadata(self, now_ms: int) -> Mapping[str, Any]:
        """The provider's own description. Raises RefusedError (502) where it gives none."""
        with self._lock:
            if not self._metadata or now_ms - self._asked_ms > _FRESH_MS:
                where = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
                found = self._asked("GET", where)
                if found.get("issuer") != self.settings.issuer:
                    raise _away(f"found the issuer {found.get('issuer')!r}")
                self._metadata, self._keys, self._asked_ms = found, None, now_ms
            return self._metadata

    def exchange(self, code: str, verifier: str, now_ms: int) -> Mapping[str, Any]:
        """The tokens for a code."""
        settings, metadata = self.settings, self.metadata(now_ms)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.redirect_url,
            "code_verifier": verifier,
        }
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth: tuple[str, str] | None = (settings.client_id, settings.client_secret)
        if "client_secret_basic" not in methods:
            form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
            auth = None
        return self._asked("POST", str(metadata["token_endpoint"]), form, auth)

    def claims(self, tokens: Mapping[str, Any], nonce: str, now_ms: int) -> Mapping[str, Any]:
        """What the ID token says, once it is proven. Raises RefusedError (401)."""
        settings = self.settings
        try:
            token = self._decoded(str(tokens.get("id_token", "")), now_ms)
            options: dict[str, dict[str, Any]] = {
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
                "sub": {"essential": True},
            }
            params = {
                "nonce": nonce,
                "client_id": settings.client_id,
                "access_token": str(tokens.get("access_token", "")),
            }
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=now_ms // 1000, leeway=_LEEWAY)
        except (JoseError, ValueError) as error:
            raise _unproven(type(error).__name__) from None
        return dict(claims)

    def _decoded(self, token: str, now_ms: int) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False)
        try:
            return jwt.decode(token, self._key_set(now_ms), registry=registry)
        except (JoseError, ValueError):
            # The provider may have changed its keys within the hour.
            self._keys = None
            return jwt.decode(token, self._key_set(now_ms), registry=registry)

    def _key_set(self, now_ms: int) -> KeySet:
        if self._keys is None:
            found = self._asked("GET", str(self.metadata(now_ms)["jwks_uri"]))
            self._keys = KeySet.import_key_set({"keys": list(found.get("keys", []))})
        return self._keys

    def _asked(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Mapping[str, Any]:
        try:
            answer = self._client.request(method, url, data=form, auth=auth)
            found = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise _away(f"found {type(error).__name__}") from None
        if not isinstance(found, dict):
            raise _away("found no JSON object")
        return found


def begin(gate: Gate, provider: Provider, onward: str) -> tuple[str, str]:
    """Where to send a browser, and the state to bind it to by a cookie."""
    now = gate.clock()
    metadata = provider.metadata(now)
    state, nonce, verifier = new_secret(), secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    row = {
        "state_hash": kept(state),
        "nonce": nonce,
        "verifier": verifier,
        "onward": onward,
        "expires_ms": now + FLOW_MS,
    }
    with gate.ledger.begin() as connection:
        connection.execute(delete(OIDC_FLOWS).where(OIDC_FLOWS.c.expires_ms <= now))
        connection.execute(insert(OIDC_FLOWS).values(row))
    settings = provider.settings
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": settings.redirect_url,
        "scope": settings.scope,
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    return f"{metadata['authorization_endpoint']}?{urlencode(query)}", state


def finish(gate: Gate, provider: Provider, state: str, code: str, bound: str) -> tuple[User, str]:
    """The user whom the provider sent back, and where they wanted to go.

    `bound` is the state that the browser's cookie holds. Raises RefusedError: 401 where the login
    is not proven, 403 for somebody without a role here, 502 where the provider is away.
    """
    now = gate.clock()
    if not state or not hmac.compare_digest(state.encode(), bound.encode()):
        raise _unproven("the state of another browser")
    mine = OIDC_FLOWS.c.state_hash == kept(state)
    with gate.ledger.begin() as connection:
        flow = connection.execute(select(OIDC_FLOWS).where(mine)).one_or_none()
        connection.execute(delete(OIDC_FLOWS).where(mine))
    if flow is None or flow.expires_ms <= now:
        raise _unproven("a login that was used or has expired")
    if not code:
        raise _unproven("no code: the provider let nobody in")
    tokens = provider.exchange(code, flow.verifier, now)
    claims = provider.claims(tokens, flow.nonce, now)
    return _admitted(gate, provider.settings, claims, now), str(flow.onward)


def _admitted(gate: Gate, settings: OidcSettings, claims: Mapping[str, Any], now_ms: int) -> User:
    """The user of the claims, added or changed to what the provider says."""
    key = f"{claims['iss']} {claims['sub']}"
    role, areas = _role(settings, claims), _areas(settings, claims)
    if role is None:
        _told_failed(gate, now_ms)
        raise RefusedError(
            403, "统一身份认证未授予本系统角色", "found no role for this desk among the claims"
        )
    name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
    try:
        with gate.ledger.begin() as connection:
            lock_head(connection)
            known = users.find_by_oidc(connection, key)
            if known is None:
                return users.add(connection, User(name, role, areas), now_ms, "oidc", oidc=key)
            if not known.active:
                raise RefusedError(403, "该用户已停用", "found a user who was shut out")
            if (known.role, known.areas) == (role, areas):
                return known
            return users.change(connection, known.name, now_ms, "oidc", role=role, areas=areas)
    except AccessError as error:
        raise RefusedError(403, "无法建立用户，请联系管理员", str(error)) from None


def _role(settings: OidcSettings, claims: Mapping[str, Any]) -> Role | None:
    """The greatest of the roles that the claim gives."""
    given = _texts(claims.get(settings.role_claim))
    named: dict[str, Role] = dict(settings.roles) or {role: role for role in ROLES}
    held = [named[value] for value in given if value in named]
    return max(held, key=ROLES.index, default=None)


def _areas(settings: OidcSettings, claims: Mapping[str, Any]) -> tuple[str, ...]:
    if not settings.area_claim:
        return ()
    areas = tuple(sorted(set(_texts(claims.get(settings.area_claim)))))
    if not areas:
        raise RefusedError(
            403, "统一身份认证未授予区划", f"found no areas in the claim {settings.area_claim!r}"
        )
    return areas


def _texts(claim: Any) -> Sequence[str]:
    if isinstance(claim, str):
        return claim.replace(",", " ").split()
    return [str(value) for value in claim] if isinstance(claim, list) else []


def _told_failed(gate: Gate, now_ms: int) -> None:
    with gate.ledger.begin() as connection:
        told = {"user": "", "by": "oidc"}
        append(connection, [Entry(now_ms, "unknown", "login.failed", "", told)])


def _away(found: str) -> RefusedError:
    return RefusedError(
        502, "统一身份认证服务不可用", f"the identity provider did not answer as expected: {found}"
    )


def _unproven(found: str) -> RefusedError:
    return RefusedError(401, "登录未通过验证，请重新登录", f"found {found}; log in again")
