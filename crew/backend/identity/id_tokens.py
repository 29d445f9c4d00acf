"""Whether an ID token proves what it says (OpenID Connect Core 1.0, section 3.1.3.7). Backend layer; asks nobody.

The signature, its algorithm, the keys and the claims are joserfc's affair; what must hold is said here.
"""

import hashlib
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from crew.domain.value import Value

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Signatures of a key pair. None that the client's own secret could make, and never `none`."""

_LEEWAY: Final = timedelta(minutes=2)
"""How far the clocks of backend and provider may be apart."""

_OLDEST: Final = timedelta(minutes=10)


class Unproved(Exception):
    """An ID token that proves nothing, with the reason for the log."""


class UnknownKey(Unproved):
    """It is signed with a key that is not among those we know: they may have been changed."""


class UsedTokens:
    """Remembers the tokens that somebody has signed in with, until they would have expired anyway."""

    def __init__(self) -> None:
        self._until: Final[dict[str, datetime]] = {}
        self._lock: Final = threading.Lock()

    def use(self, token: str, now: datetime) -> None:
        """Use a token up.

        Raises:
            Unproved: It was used before.
        """
        name = hashlib.sha256(token.encode()).hexdigest()
        with self._lock:
            for old in [old for old, until in self._until.items() if until <= now]:
                del self._until[old]
            if name in self._until:
                raise Unproved("it was used before")
            self._until[name] = now + _OLDEST + 2 * _LEEWAY


class Expected(Value):
    """What an ID token must say.

    Attributes:
        issuer: The provider, exactly as the settings have it.
        client_id: Whom the token must be for.
        nonce: What it must bear, where it bears any: not every provider hands on what a device flow began with.
        begun_at: When the sign-in began.
        now: The current time.
    """

    issuer: str
    client_id: str
    nonce: str
    begun_at: datetime
    now: datetime

    @property
    def claims(self) -> JWTClaimsRegistry:
        """The same for joserfc."""
        return JWTClaimsRegistry(
            now=int(self.now.timestamp()),
            leeway=int(_LEEWAY.total_seconds()),
            iss={"essential": True, "value": self.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"value": self.nonce},
        )


def proved(token: str, keys: KeySet, expected: Expected) -> dict[str, Any]:
    """The claims of an ID token.

    Raises:
        UnknownKey: It is signed with a key that is not among these.
        Unproved: It is not signed by the provider, not for us, not of this sign-in, or too old.
    """
    try:
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        expected.claims.validate(decoded.claims)
    except InvalidKeyIdError as error:
        raise UnknownKey(str(error)) from error
    except (JoseError, ValueError) as error:
        raise Unproved(f"{type(error).__name__}: {error}") from error
    claims = decoded.claims
    if claims["iat"] < (max(expected.begun_at, expected.now - _OLDEST) - _LEEWAY).timestamp():
        raise Unproved("it was made before this sign-in began")
    _check_party(claims, expected.client_id)
    return claims


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """A token for several audiences must say that it was given to us (sections 2 and 3.1.3.7, number 4 and 5)."""
    audience, party = claims["aud"], claims.get("azp")
    if party is not None and party != client_id:
        raise Unproved("it was given to another client")
    if isinstance(audience, list) and len(audience) > 1 and party is None:
        raise Unproved("it is for several, and does not say to whom it was given")
