"""A small OpenID provider on the loopback interface, as strict as a real one about codes."""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from streams.serving import Server

CLIENT = ("desk", "a secret of the desk")


class OpenIdProvider:
    """Knows one person, whose `claims` a test sets; `spoil` may change a token before it is signed.

    `url` is where it is served, and its issuer.
    """

    def __init__(self) -> None:
        self.url = ""
        self.claims: dict[str, Any] = {"sub": "007", "preferred_username": "zhao"}
        self.spoil: dict[str, Any] = {}
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.signing = self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.app = self._made()

    def _made(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, Any]:
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.get("/authorize")
        def authorize(request: Request) -> RedirectResponse:
            query = dict(request.query_params)
            code = secrets.token_urlsafe(16)
            self.codes[code] = query
            back = urlencode({"code": code, "state": query["state"]})
            return RedirectResponse(f"{query['redirect_uri']}?{back}")

        @app.post("/token")
        def token(
            request: Request,
            code: Annotated[str, Form()],
            code_verifier: Annotated[str, Form()],
            redirect_uri: Annotated[str, Form()],
        ) -> dict[str, Any]:
            basic = base64.b64encode(":".join(CLIENT).encode()).decode()
            asked = self.codes.pop(code, None)
            digest = hashlib.sha256(code_verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if (
                asked is None
                or request.headers.get("authorization") != f"Basic {basic}"
                or asked["code_challenge"] != challenge
                or asked["redirect_uri"] != redirect_uri
            ):
                raise HTTPException(400, "invalid_grant")
            now = int(time.time())
            claims = {
                "iss": self.url,
                "aud": asked["client_id"],
                "iat": now,
                "exp": now + 300,
                "nonce": asked["nonce"],
                **self.claims,
                **self.spoil,
            }
            header = {"alg": "RS256", "kid": self.signing.kid}
            signed = jwt.encode(header, claims, self.signing)
            return {"access_token": "opaque", "token_type": "Bearer", "id_token": signed}

        return app

    def change_key(self) -> None:
        """Sign with another key from now on, and publish that one."""
        self.signing = self.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})


@contextmanager
def served() -> Iterator[OpenIdProvider]:
    """A provider that answers over HTTP."""
    provider = OpenIdProvider()
    with Server(provider.app, "127.0.0.1:0") as server:
        provider.url = server.address.rstrip("/")
        yield provider
