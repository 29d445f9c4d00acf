"""The ways out of the city that its settings name. Backend layer; opens nothing."""

from typing import TYPE_CHECKING

from crew.backend.notices.apprise_way import AppriseWay
from crew.backend.notices.mail import carrier
from crew.backend.notices.mail_way import MailWay
from crew.backend.notices.post_way import PostWay
from crew.backend.notices.staff_way import StaffWay
from crew.backend.notices.webhook import WebhookWay

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.backend.notices.way import Way


def ways_of(city: "City") -> "list[Way]":
    """Mail first, then each webhook, each channel, mail to staff, each account that posts."""
    settings = city.settings.notices
    return [
        MailWay(city, carrier(city.settings.mail, city.data_dir)),
        *(WebhookWay(city, hook) for hook in settings.webhook),
        *(AppriseWay(city, channel) for channel in settings.apprise),
        StaffWay(city, carrier(city.settings.mail, city.data_dir)),
        *(PostWay(city, post) for post in city.settings.posts),
    ]
