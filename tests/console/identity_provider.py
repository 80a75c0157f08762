"""A small OpenID Connect provider over HTTP, as a company has one; it can be told to lie."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "sportello"
SECRET = "between us two"
_DESCRIPTION = "/.well-known/openid-configuration"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """`person` is who signs in there; `lies` are put over the claims, `head` over the header."""

    url: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "u-1", "email": "operator@acme.example", "email_verified": True, "name": "Ada",
        }
    )  # fmt: skip
    lies: dict[str, Any] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=lambda: {"kid": "true"})
    signs_with: str = "true"
    algorithm: str = "RS256"
    in_userinfo: bool = False
    called: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, address: str) -> dict[str, str]:
        """What its page does for who signs in: the query with which the browser is sent back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.url}/authorize?")
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT_ID, "S256")
        self.codes["c-1"] = asked
        return {"code": "c-1", "state": asked["state"], "iss": self.url}

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        self.called.append(path)
        match path:
            case str() if path == _DESCRIPTION:
                return 200, self._description()
            case "/keys":
                return 200, {"keys": [{**_public("true"), "kid": "true", "use": "sig"}]}
            case "/token":
                return self._tokens(form, authorization)
            case "/userinfo" if authorization == "Bearer a-1":
                return 200, self.person
        return 404, {"error": "not_found"}

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
        }

    def _tokens(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        asked = self.codes.pop(form.get("code", ""), None)
        hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        pair = base64.b64encode(f"{CLIENT_ID}:{SECRET.replace(' ', '%20')}".encode()).decode()
        known = authorization == f"Basic {pair}"
        if asked is None or not known or proof != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "a-1", "token_type": "Bearer", "id_token": self._token(asked)}

    def _token(self, asked: dict[str, str]) -> str:
        # Tokens live by the clock on the wall, whatever time the company has.
        now = datetime.now(UTC)  # noqa: TID251  # as above
        told = {"sub": self.person["sub"]} if self.in_userinfo else self.person
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + timedelta(minutes=5),
            "nonce": asked["nonce"],
            **told,
            **self.lies,
        }
        signer: Any = key(self.signs_with) if self.algorithm == "RS256" else "x" * 32
        if self.algorithm == "none":
            signer = None
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, signer, algorithm=self.algorithm, headers=self.head)


def _public(name: str) -> dict[str, Any]:
    told = jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key(), as_dict=True)
    return {**told, "alg": "RS256"}


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/authorize?"):
                self._send_back()
                return
            self._say(*provider.answer(urlsplit(self.path).path, {}, self._authorization()))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*provider.answer(urlsplit(self.path).path, form, self._authorization()))

        def _send_back(self) -> None:
            query = urlencode(provider.authorize(f"{provider.url}{self.path}"))
            back = provider.codes["c-1"]["redirect_uri"]
            self.send_response(302)
            self.send_header("Location", f"{back}?{query}")
            self.end_headers()

        def _authorization(self) -> str:
            return str(self.headers.get("Authorization", ""))

        def _say(self, status: int, told: Any) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
