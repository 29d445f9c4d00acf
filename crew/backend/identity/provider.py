"""The city's identity provider as the device authorization flow needs it (RFC 8628, OpenID Connect Discovery 1.0).

Backend layer, over one exchange. Keeps what the provider publishes of itself; remembers no sign-in. Blocks, so it
belongs into a thread.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from crew.backend.identity.exchange import BROKEN, ProviderExchange, Told, require_safe
from crew.backend.identity.id_tokens import Expected, UnknownKey, Unproved, proved
from crew.domain.errors import CallForHelp, CorrectSettings, SignInAgain
from crew.domain.value import Value

if TYPE_CHECKING:
    from crew.backend.backend_settings import IdentitySettings
    from crew.domain.clock import Clock

_T = TypeVar("_T")
_log: Final = logging.getLogger(__name__)
_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_KNOWN_FOR: Final = timedelta(hours=1)
_KEYS_AGAIN_AFTER: Final = timedelta(seconds=10)
"""A token with an unknown key may let us look for new keys; not one after the other."""

_CODE_LIMIT: Final = 40
_ADDRESS_LIMIT: Final = 400


class _Published(msgspec.Struct, frozen=True):
    """What the provider says of itself, as far as it matters here."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    device_authorization_endpoint: str = ""
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Begun(msgspec.Struct, frozen=True):
    device_code: str
    user_code: str
    verification_uri: str
    expires_in: float
    verification_uri_complete: str = ""
    interval: float = 5.0


class Granted(Value):
    """The person has signed in: the tokens that say so."""

    id_token: str
    access_token: str


class Pending(Value):
    """The person has not finished. `slow_down`: it was asked too often."""

    slow_down: bool = False


class Provider:
    """A city's provider; several threads may use it."""

    def __init__(self, settings: "IdentitySettings", clock: "Clock") -> None:
        self._settings: Final = settings
        self._clock: Final = clock
        self._exchange: Final = ProviderExchange()
        self._published: tuple[_Published, datetime] | None = None
        self._keys: tuple[KeySet, datetime] | None = None

    def begin(self, nonce: str) -> _Begun:
        """Begin a sign-in.

        Args:
            nonce: What the ID token must bear, where it bears any.

        Raises:
            TryLater: The provider cannot be reached.
            CallForHelp: It does not take our client, or has no device authorization flow.
            CorrectSettings: The secret cannot be read.
        """
        published = self._known()
        if not published.device_authorization_endpoint:
            _log.error("The identity provider %s has no device authorization endpoint", published.issuer)
            raise CallForHelp(BROKEN)
        form = {"scope": " ".join(self._settings.scopes), "nonce": nonce}
        told = self._post(published, published.device_authorization_endpoint, form)
        if not told.is_success:
            raise self._refused(told)
        begun = _shaped(told, _Begun)
        for address in filter(None, (begun.verification_uri, begun.verification_uri_complete)):
            require_safe(address)
        if len(begun.user_code) > _CODE_LIMIT or len(begun.verification_uri) > _ADDRESS_LIMIT:
            raise CallForHelp(BROKEN)
        return begun

    def ask(self, device_code: str) -> Granted | Pending:
        """Ask whether the person has signed in.

        Raises:
            SignInAgain: They said no, or took too long; each has its own sentence.
            TryLater, CallForHelp, CorrectSettings: As `begin`.
        """
        published = self._known()
        told = self._post(published, published.token_endpoint, {"grant_type": _GRANT, "device_code": device_code})
        if told.is_success:
            id_token, access_token = told.values.get("id_token"), told.values.get("access_token")
            if not isinstance(id_token, str) or not isinstance(access_token, str):
                _log.error("The identity provider %s gave no ID token", published.issuer)
                raise CallForHelp(BROKEN)
            return Granted(id_token, access_token)
        match told.values.get("error"):
            case "authorization_pending":
                return Pending()
            case "slow_down":
                return Pending(slow_down=True)
            case "access_denied":
                raise SignInAgain("The sign-in was refused on the other device. Begin again, or use a one-time code.")
            case "expired_token":
                raise SignInAgain("The code was not used in time. Begin again.")
            case _:
                raise self._refused(told)

    def claims(self, granted: Granted, nonce: str, begun_at: datetime) -> dict[str, Any]:
        """What the provider vouches for: the claims of the ID token, and of the person's record where that has more.

        Raises:
            Unproved: The token proves nothing.
            TryLater, CallForHelp: As `begin`.
        """
        published, settings = self._known(), self._settings
        expected = Expected(settings.issuer, settings.client_id, nonce, begun_at, self._clock())
        try:
            claims = proved(granted.id_token, self._key_set(published), expected)
        except UnknownKey:
            keys = self._key_set(published, not_before=self._clock() - _KEYS_AGAIN_AFTER)
            claims = proved(granted.id_token, keys, expected)
        wanted = filter(None, (self._settings.account_claim, self._settings.role_claim))
        if published.userinfo_endpoint and not all(name in claims for name in wanted):
            told = self._exchange.get(published.userinfo_endpoint, granted.access_token)
            if not told.is_success or told.values.get("sub") != claims["sub"]:
                raise Unproved("the record behind it is somebody else's")
            claims = {**told.values, **claims}
        return claims

    # What the provider publishes

    def _known(self) -> _Published:
        now = self._clock()
        if self._published is not None and now - self._published[1] < _KNOWN_FOR:
            return self._published[0]
        issuer = self._settings.issuer
        told = self._exchange.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if not told.is_success:
            raise self._refused(told)
        published = _shaped(told, _Published)
        if published.issuer != issuer:
            _log.error("The identity provider calls itself %.200s, and the settings say %s", published.issuer, issuer)
            raise CallForHelp(BROKEN)
        self._published = (published, now)
        return published

    def _key_set(self, published: _Published, not_before: datetime | None = None) -> KeySet:
        """The provider's keys; fetched anew where they are old, or older than `not_before`."""
        now = self._clock()
        oldest = max(now - _KNOWN_FOR, not_before or now - _KNOWN_FOR)
        if self._keys is None or self._keys[1] < oldest:
            told = self._exchange.get(published.jwks_uri)
            try:
                keys = KeySet.import_key_set({"keys": told.values["keys"]})
            except (JoseError, KeyError, TypeError, ValueError) as error:
                _log.exception("The keys of the identity provider cannot be read")
                raise CallForHelp(BROKEN) from error
            self._keys = (keys, now)
        return self._keys[0]

    # Speaking as our client

    def _post(self, published: _Published, url: str, form: dict[str, str]) -> Told:
        client, secret = self._settings.client_id, self._secret()
        if not secret:
            return self._exchange.post(url, {**form, "client_id": client})
        if "client_secret_basic" in published.token_endpoint_auth_methods_supported:
            return self._exchange.post(url, form, (client, secret))
        return self._exchange.post(url, {**form, "client_id": client, "client_secret": secret})

    def _secret(self) -> str:
        path = self._settings.client_secret_file
        if not path:
            return ""
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CorrectSettings(f"client_secret_file of [identity] cannot be read ({error}).") from error

    def _refused(self, told: Told) -> CallForHelp:
        words = {name: str(told.values.get(name))[:200] for name in ("error", "error_description")}
        _log.error("The identity provider %s refuses with %s: %s", self._settings.issuer, told.status, words)
        return CallForHelp(BROKEN)


def _shaped(told: Told, shape: type[_T]) -> _T:
    try:
        return msgspec.convert(told.values, shape)
    except msgspec.ValidationError as error:
        _log.exception("What the identity provider says has another shape")
        raise CallForHelp(BROKEN) from error
