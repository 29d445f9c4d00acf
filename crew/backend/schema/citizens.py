"""Who reported, what they said, what they were told, and their accounts. Backend layer; pure."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from crew.backend.schema.base import Moment, metadata

reactions: Final = Table(
    "reactions",
    metadata,
    Column("request_id", ForeignKey("service_requests.id"), primary_key=True),
    Column("reaction", String(40), nullable=False, comment="a code of the settings; empty where the work began anew"),
    Column("at", Moment, nullable=False),
    Column("answers", Integer, nullable=False, comment="how often something was said on the page of the report"),
    comment="what the reporter of a finished report feels; each line of it stands in the history too",
)

quiet_addresses: Final = Table(
    "quiet_addresses",
    metadata,
    Column("address_hash", String(64), primary_key=True, comment="as in contacts: made under a locked secret"),
    Column("since", Moment, nullable=False),
    Column("choice", String(10), nullable=False, default="nothing", server_default="nothing"),
    Column("language", String(20), nullable=False, default="", server_default="", comment="chosen; empty for none"),
    comment="who wants less than every mail, whatever they report, or another language than that of the report",
)

notice_events: Final = Table(
    "notice_events",
    metadata,
    Column("id", String(64), primary_key=True, comment="made from order, kind and version"),
    Column("order_id", ForeignKey("work_orders.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("version", Integer, nullable=False, comment="of the order; 0 for what an earlier Crew wrote"),
    Column("at", Moment, nullable=False, comment="when it happened, by the order's history"),
    Column("facts", Text, nullable=False, default="", comment="JSON of what everybody may know, for webhooks"),
    comment="what happened that somebody should hear of, written with the event",
)

notices: Final = Table(
    "notices",
    metadata,
    Column("id", String(64), primary_key=True, comment="made from event and destination; the same at every try"),
    Column("event_id", String(64), nullable=False),
    Column("request_id", ForeignKey("service_requests.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("way", String(80), nullable=False, comment="mail, webhook:NAME, apprise:NAME or post:NAME"),
    Column("destination", String(80), nullable=False, comment="of a mail: the hash of its address"),
    Column("letter_id", String(64), nullable=False, default="", comment="what it leaves in; of several: a digest"),
    Column("state", String(10), nullable=False, comment="waiting, sent, untold or set_aside"),
    Column("created_at", Moment, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubts", Integer, nullable=False, default=0, comment="how often nobody can say whether it was taken"),
    Column("lease", String(32), nullable=False, default="", comment="of the worker that has it in hand"),
    Column("leased_until", Moment),
    Column("sent_at", Moment),
    Column("last_problem", Text, nullable=False, default=""),
    Index("ix_notices_state_way_next_try_at", "state", "way", "next_try_at"),
    Index("ix_notices_destination_state", "destination", "state"),
    Index("ix_notices_event_id_way_destination", "event_id", "way", "destination", unique=True),
    comment="one row an event and destination, written with the event",
)

posted_photos: Final = Table(
    "posted_photos",
    metadata,
    Column("notice_id", ForeignKey("notices.id"), primary_key=True),
    Column("sha256", ForeignKey("photos.sha256"), primary_key=True),
    comment="which photos a post shows, written before it is handed over: what to correct where one is withdrawn",
)

notice_ways: Final = Table(
    "notice_ways",
    metadata,
    Column("way", String(80), primary_key=True),
    Column("failing_since", Moment, comment="empty while it works"),
    Column("last_sent_at", Moment),
    Column("last_problem", Text, nullable=False, default=""),
    Column("alarmed_at", Moment, comment="when somebody was last told that it fails"),
    comment="how the mail server, each webhook and each channel stand",
)

contacts: Final = Table(
    "contacts",
    metadata,
    Column("request_id", ForeignKey("service_requests.id"), primary_key=True),
    Column("key_id", String(16), nullable=False, comment="names the key that locked it; the key is never here"),
    Column("content", LargeBinary, nullable=False, comment="AES-256-GCM, for this request alone"),
    Column("has_mail", Boolean, nullable=False),
    Column("mail_hash", String(64), nullable=False, default="", index=True),
    Column("created_at", Moment, nullable=False),
    comment="who reported; opened by contacts.py alone, and deleted after a time by forgetting.py",
)

accounts: Final = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("mail_hash", String(64), nullable=False, unique=True, comment="as in contacts; the address is not kept"),
    Column("made_at", Moment, nullable=False),
    Column("nickname", String(24), nullable=False, default=""),
    Column("shown", Boolean, nullable=False, default=False, comment="whether others may see nickname and points"),
    comment="citizens who asked for one: a proven mail address and no more",
)

account_reports: Final = Table(
    "account_reports",
    metadata,
    Column("request_id", ForeignKey("service_requests.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    comment="whose report it is; outlives the contact, and goes with the account",
)

account_sessions: Final = Table(
    "account_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("expires_at", Moment, nullable=False),
)

sign_in_links: Final = Table(
    "sign_in_links",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("mail_hash", String(64), nullable=False, index=True),
    Column("key_id", String(16), nullable=False),
    Column("content", LargeBinary, nullable=False, comment="the address, locked; empty once it was used"),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("mailed_at", Moment, comment="when it left, or was found to be for nobody"),
    Column("used_at", Moment),
    Column("language", String(20), nullable=False, default="", server_default="", comment="of the page that asked"),
    comment="links that were asked for; gone after a day",
)
