"""The accounts and feeds of a city as the domain knows them: what words posts are made of. Backend layer; pure."""

from typing import TYPE_CHECKING, Final

from crew.backend.languages import language_of
from crew.domain.posting import Account, Posting

if TYPE_CHECKING:
    from crew.backend.backend_settings import BackendSettings
    from crew.backend.catalogue import Catalogue
    from crew.backend.post_settings import PostSettings

_FEEDS: Final = "the feeds"
_FEEDS_HOURS: Final = 168
"""For so long photos of finished work are put before people where only the feeds want them."""


def posting_of(settings: "BackendSettings", catalogue: "Catalogue") -> Posting:
    """Where approved photos go; of accounts that post none, nothing."""
    posts = [post for post in settings.posts if post.photos and "finished" in post.kinds]
    feeds = None
    if settings.public.feeds and settings.public.feed_photos:
        feeds = _account(settings, catalogue, _FEEDS, settings.public.languages[0])
    waits = [post.photo_wait_hours for post in posts] + ([_FEEDS_HOURS] if feeds else [])
    accounts = tuple(account_of(settings, catalogue, post) for post in posts)
    return Posting(settings.time_zone, accounts, feeds, max(waits, default=0))


def account_of(settings: "BackendSettings", catalogue: "Catalogue", post: "PostSettings") -> Account:
    """The account of a [[posts]]."""
    return _account(settings, catalogue, post.name, post.language or settings.public.languages[0], post)


def _account(
    settings: "BackendSettings", catalogue: "Catalogue", name: str, code: str, post: "PostSettings | None" = None
) -> Account:
    language = language_of(code)
    called = {one.code: (one.name, language.service(one.code, one.name)) for one in catalogue.services.values()}
    return Account(
        name=name,
        finished=post.finished if post else "",
        letters=post.letters if post else 0,
        link=f"{settings.public_url.rstrip('/')}/requests/",
        somewhere=language.words["no_place"],
        days=language.days,
        services=post.services if post else (),
        names={code: words for code, (own, words) in called.items() if words != own},
    )
