"""A city's identity provider, run on loopback: Authlib's authorization server on Flask, with its device flow.

What it lends is the storage: who the people are, which codes are out, what they answered. The protocol is Authlib's.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import flask
import httpx
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant, DeviceCredentialDict
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDToken
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
SECRET: Final = "a secret of the city's"
ANA: Final = {"sub": "1001", "name": "Ana Alvarez", "email": "ana@example.gov", "email_verified": True}


@dataclass
class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """This backend, as the provider knows it."""

    client_id: str = "crew"
    secret: str = SECRET

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_client_secret(self, secret: str) -> bool:
        return secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ("client_secret_basic" if self.secret else "none")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT


@dataclass
class CityProvider:
    """Its people and codes, in the test's hands."""

    client: Client = field(default_factory=Client)
    keys: list[RSAKey] = field(default_factory=lambda: [new_key("first")])
    sign_with: list[RSAKey] = field(default_factory=list)
    """Keys that sign without being published; empty where the published ones do."""
    published: dict[str, Any] = field(default_factory=dict)
    """What it says of itself otherwise than it should."""
    claims: dict[str, Any] = field(default_factory=dict)
    """What its ID tokens say otherwise than they should."""
    codes: dict[str, DeviceCredentialDict] = field(default_factory=dict)
    answers: dict[str, tuple[dict[str, Any], bool]] = field(default_factory=dict)
    """By user code: who answered, and whether with yes."""
    asked: list[str] = field(default_factory=list)
    """The paths of every request."""
    impatient: bool = False
    """Whether it wants to be asked less often."""
    interval: int = 5
    in_id_token: bool = True
    """Whether the ID token has more than the subject; else the record has it."""
    forge: Callable[[str], str] = lambda token: token
    """What becomes of an ID token on the way."""
    url: str = ""

    def allow(self, user_code: str, person: dict[str, Any] = ANA) -> None:
        """The person opens the page, signs in and says yes."""
        self._answer(user_code, person, "yes")

    def deny(self, user_code: str, person: dict[str, Any] = ANA) -> None:
        """The same with no."""
        self._answer(user_code, person, "no")

    def _answer(self, user_code: str, person: dict[str, Any], answer: str) -> None:
        self.people[person["sub"]] = person
        form = {"user_code": user_code, "sub": person["sub"], "answer": answer}
        assert httpx.post(f"{self.url}/device", data=form).status_code == 200

    def expire(self) -> None:
        """Every code that is out has had its time."""
        for credential in self.codes.values():
            credential["expires_at"] = time.time() - 1  # noqa: TID251 - Authlib's own clock

    def start(self) -> None:
        """Listen on loopback, where it listened before if it did."""
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        self._server = make_server("127.0.0.1", port, application(self), threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self) -> None:
        """Fall silent."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __post_init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}


def new_key(kid: str) -> RSAKey:
    """A key pair to sign with."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def application(provider: CityProvider) -> flask.Flask:
    """The provider as a web application."""
    app = flask.Flask("city-provider")
    server = AuthorizationServer(app, lambda client_id: _client(provider, client_id), _keep_token(provider))
    server.register_grant(_grant(provider), [_id_token(provider)])
    server.register_endpoint(_endpoint(provider))
    app.before_request(lambda: provider.asked.append(flask.request.path))
    endpoint = partial(server.create_endpoint_response, "device_authorization")
    app.add_url_rule("/.well-known/openid-configuration", "published", lambda: _published(provider))
    app.add_url_rule("/keys", "keys", lambda: dict(KeySet(list(provider.keys)).as_dict(private=False)))
    app.add_url_rule("/device_authorization", "device_authorization", endpoint, methods=["POST"])
    app.add_url_rule("/token", "token", lambda: _forged(provider, server.create_token_response()), methods=["POST"])
    app.add_url_rule("/userinfo", "userinfo", lambda: _record(provider))
    app.add_url_rule("/device", "device", lambda: _answered(provider), methods=["POST"])
    return app


def _published(provider: CityProvider) -> dict[str, Any]:
    url = provider.url
    return {
        "issuer": url,
        "token_endpoint": f"{url}/token",
        "device_authorization_endpoint": f"{url}/device_authorization",
        "jwks_uri": f"{url}/keys",
        "userinfo_endpoint": f"{url}/userinfo",
        **provider.published,
    }


def _record(provider: CityProvider) -> dict[str, Any]:
    return provider.tokens[flask.request.headers["Authorization"].removeprefix("Bearer ")]


def _forged(provider: CityProvider, response: flask.Response) -> flask.Response:
    told = response.get_json()
    if "id_token" in told:
        response.set_data(json.dumps({**told, "id_token": provider.forge(told["id_token"])}))
    return response


def _answered(provider: CityProvider) -> str:
    form = flask.request.form
    provider.answers[form["user_code"]] = (provider.people[form["sub"]], form["answer"] == "yes")
    return "Thank you."


def _client(provider: CityProvider, client_id: str) -> Client | None:
    return provider.client if client_id == provider.client.client_id else None


def _keep_token(provider: CityProvider) -> Any:
    def keep(token: dict[str, Any], request: Any) -> None:
        provider.tokens[token["access_token"]] = request.user

    return keep


def _grant(provider: CityProvider) -> type[DeviceCodeGrant]:
    class Grant(DeviceCodeGrant):  # type: ignore[misc]  # Authlib has no types
        def query_device_credential(self, device_code: str) -> DeviceCredentialDict | None:
            return provider.codes.get(device_code)

        def query_user_grant(self, user_code: str) -> tuple[dict[str, Any], bool] | None:
            return provider.answers.get(user_code)

        def should_slow_down(self, credential: DeviceCredentialDict) -> bool:
            return provider.impatient

    return Grant


def _id_token(provider: CityProvider) -> OpenIDToken:
    class IdToken(OpenIDToken):  # type: ignore[misc]  # Authlib has no types
        def resolve_client_private_key(self, client: Client) -> RSAKey:
            return (provider.sign_with or provider.keys)[-1]

        def get_encode_header(self, client: Client) -> dict[str, str]:
            return {"alg": "RS256", "kid": str((provider.sign_with or provider.keys)[-1].kid)}

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": provider.url, "aud": [client.client_id]}

        def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
            told = user if provider.in_id_token else {"sub": user["sub"]}
            return UserInfo({**told, **provider.claims})

    return IdToken()


def _endpoint(provider: CityProvider) -> type[DeviceAuthorizationEndpoint]:
    class Endpoint(DeviceAuthorizationEndpoint):  # type: ignore[misc]  # Authlib has no types
        INTERVAL = provider.interval

        def get_verification_uri(self) -> str:
            return f"{provider.url}/device"

        def save_device_credential(self, client_id: str, scope: str, data: dict[str, Any]) -> None:
            expires_at = time.time() + data["expires_in"]  # noqa: TID251 - Authlib's own clock
            credential = DeviceCredentialDict(client_id=client_id, scope=scope, expires_at=expires_at, **data)
            provider.codes[data["device_code"]] = credential

    return Endpoint
