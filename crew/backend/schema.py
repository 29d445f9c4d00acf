"""The backend's tables, as SQLAlchemy Core. Backend layer; holds no logic and opens nothing.

Portable between SQLite and PostgreSQL: no dialect's own types. Changing a table means a new Alembic migration.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds since 1970: sorts, compares and loads the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware datetime into microseconds."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn microseconds into an aware UTC datetime."""
        return None if value is None else _EPOCH + value * _MICROSECOND


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime, as `Moment` columns hold it."""
    return (moment - _EPOCH) // _MICROSECOND


metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

settings: Final = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    comment="epoch (names this database's feed), page_secret (signs the citizens' links), next_request_number, "
    "contacts_lookup (the secret of the mail hashes, locked), scrub (old contacts may still lie in free pages)",
)

work_orders: Final = Table(
    "work_orders",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("service_code", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("address", String(300), nullable=False),
    Column("lat", Float),
    Column("long", Float),
    Column("crew", String(200), nullable=False),
    Column("work_status", String(20), nullable=False),
    Column("public_status", String(10), nullable=False),
    Column("waiting_reason", String(40), nullable=False, default=""),
    Column("closure_reason", String(40), nullable=False, default=""),
    Column("public_text", Text, nullable=False, default=""),
    Column(
        "public_note",
        Text,
        nullable=False,
        default="",
        server_default="",
        comment="the part of public_text in the crew's own words, the same in every language",
    ),
    Column("escalation", String(40), nullable=False, default=""),
    Column("priority", String(10), nullable=False, default="normal"),
    Column("requested_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column(
        "needs_look",
        Boolean,
        nullable=False,
        default=False,
        comment="work was done on an order that had moved or ended",
    ),
    Column("paused_at", Moment, comment="since when its clock stands, and due_at with it"),
    Index("ix_work_orders_crew_public_status", "crew", "public_status"),
    Index("ix_work_orders_requested_at", "requested_at"),
    Index("ix_work_orders_public_status_requested_at", "public_status", "requested_at"),
    Index("ix_work_orders_service_code_public_status_requested_at", "service_code", "public_status", "requested_at"),
    Index("ix_work_orders_public_status_updated_at", "public_status", "updated_at"),
    Index("ix_work_orders_service_code_public_status_updated_at", "service_code", "public_status", "updated_at"),
    Index("ix_work_orders_due_at", "due_at"),
)

service_requests: Final = Table(
    "service_requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("order_id", ForeignKey("work_orders.id"), nullable=False, index=True),
    Column("service_code", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("address", String(300), nullable=False, default=""),
    Column("address_id", String(64), nullable=False, default=""),
    Column("lat", Float),
    Column("long", Float),
    Column("requested_at", Moment, nullable=False),
    Column("media_url", Text, nullable=False, default="", comment="as the citizen gave it; never fetched"),
    Column("attributes", Text, nullable=False, default="{}", comment="JSON: attribute code to list of values"),
    Index("ix_service_requests_requested_at", "requested_at"),
    comment="what citizens sent, and not who they are: that is in contacts",
)

imported_services: Final = Table(
    "imported_services",
    metadata,
    Column("code", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    comment="types of request that came with an import and stand in no catalogue file",
)

photos: Final = Table(
    "photos",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("byte_count", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("device_id", String(64), nullable=False, default=""),
    Column(
        "withdrawn",
        Boolean,
        nullable=False,
        default=False,
        server_default=false(),
        comment="hidden from the public, on every order that shows it",
    ),
)

order_photos: Final = Table(
    "order_photos",
    metadata,
    Column("order_id", ForeignKey("work_orders.id"), primary_key=True),
    Column("sha256", ForeignKey("photos.sha256"), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("taken_at", Moment),
    Column("position", Integer, nullable=False),
    Column("lat", Float, comment="where the camera was: for the city, never for the public"),
    Column("long", Float),
)

history: Final = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("order_id", ForeignKey("work_orders.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("at", Moment, nullable=False, comment="the clock of the device that made the change"),
    Column("received_at", Moment, nullable=False),
    Column("person", String(200), nullable=False),
    Column("device_id", String(64), nullable=False, default=""),
    Column("change_id", String(64), nullable=False, default=""),
    Column(
        "fields",
        String(200),
        nullable=False,
        default="",
        comment="fields set, comma-separated: what a conflict is measured by",
    ),
    Column("text", Text, nullable=False),
    Column("note", Text, nullable=False, default=""),
    comment="append-only",
)

history_chain: Final = Table(
    "history_chain",
    metadata,
    Column("history_id", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False, comment="SHA-256 over the line and the hash before it"),
    comment="one row a line of history, in the transaction that writes it; append-only",
)

applied_changes: Final = Table(
    "applied_changes",
    metadata,
    Column("change_id", String(64), primary_key=True),
    Column("device_id", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    comment="written in the transaction of the effect: the unique id decides every race",
)

feed: Final = Table(
    "feed",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("order_id", ForeignKey("work_orders.id"), nullable=False),
    Column("audience", String(200), nullable=False, comment="a crew's name, or * for those who see the whole city"),
    Column("gone", Boolean, nullable=False, default=False),
    UniqueConstraint("order_id", "audience"),
    Index("ix_feed_audience_position", "audience", "position"),
    sqlite_autoincrement=True,
    comment="one row an order and audience, moved to the end at each change; positions are never used twice",
)

people: Final = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("crew", String(200), nullable=False, default=""),
    Column("revoked_at", Moment, comment="when an administrator ended every sign-in; empty again with a new code"),
    Column("district", String(200), nullable=False, default="", server_default=""),
    Column("account", String(254), nullable=False, default="", server_default="", comment="at the identity provider"),
    Column("subject", String(64), nullable=False, default="", server_default="", comment="hash of issuer and subject"),
)

kept_work: Final = Table(
    "kept_work",
    metadata,
    Column("change_id", String(64), primary_key=True),
    Column("order_id", ForeignKey("work_orders.id"), nullable=False, index=True),
    Column("person", String(200), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", String(300), nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("public_text", Text, nullable=False, default=""),
    Column("public_note", Text, nullable=False, default=""),
    Column("decided_by", String(64), nullable=False, default="", comment="the change that decided; empty until then"),
    comment="what somebody did whose sign-in had ended: without effect until a supervisor decides",
)

codes: Final = Table(
    "codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("device_id", String(64), nullable=False, default="", comment="the device that used it"),
)

devices: Final = Table(
    "devices",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False, default=""),
    Column("enrolled_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("unsent", Integer, nullable=False, default=0, comment="changes that waited on the device then"),
    Column("revoked_at", Moment, comment="when an administrator ended this sign-in"),
    comment="one row a sign-in: a device, and a person who works on it; rows stay, to say who ever did",
)

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
    comment="who wants less than every mail, whatever they report: the endings, one mail a day, or nothing",
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

escalations: Final = Table(
    "escalations",
    metadata,
    Column("order_id", ForeignKey("work_orders.id"), primary_key=True),
    Column("at", Moment, nullable=False, comment="tells one escalation of an order from the next"),
    Column("person", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked", String(200), nullable=False, comment="a role, a person or a crew; empty for whoever may answer"),
    Column("answer_by", Moment, comment="when the next level is asked; empty where nobody waits for an answer"),
    Column("acknowledged_by", String(200), nullable=False, default=""),
    Column("acknowledged_at", Moment),
    Index("ix_escalations_answer_by", "answer_by"),
    comment="the latest escalation of each order; the history has those before it",
)

clock_strikes: Final = Table(
    "clock_strikes",
    metadata,
    Column("order_id", ForeignKey("work_orders.id"), primary_key=True),
    Column("rule", String(60), primary_key=True, comment="the rule's name, or empty for the ladder"),
    Column("occurrence", String(40), primary_key=True, comment="what happened, so that it counts once"),
    Column("at", Moment, nullable=False),
    comment="what the city's clock has acted upon, written with the effect: two clocks at once have one effect",
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
    comment="links that were asked for; gone after a day",
)
