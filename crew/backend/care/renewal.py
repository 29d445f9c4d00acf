"""Makes a database that comes from the past safe to go on with. Backend layer; inside the caller's transaction.

Between the backup and now there was a city that is forgotten: it gave numbers to citizens, cursors to devices, and sent
mails. None of these may be used a second time for something else.
"""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Final

from crew.backend.database import set_setting
from crew.backend.notices.queueing import silence_before
from crew.backend.orders import skip_numbers

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NUMBERS_LEFT_OUT: Final = 1_000_000
"""More requests than any city takes in between a backup and the disaster."""


def renew(connection: "Connection", told_before: datetime) -> int:
    """Give the database a new epoch, fresh numbers, and silence about what happened before a moment.

    Devices find another epoch than their cursors have: they pull everything anew, and send again what this database
    does not know. The secret of the citizens' links stays, so that the links in their mails go on working.

    Args:
        connection: A connection inside a writing transaction.
        told_before: Citizens are taken to know of what happened before.

    Returns:
        How many waiting notices will not be mailed.
    """
    set_setting(connection, "epoch", secrets.token_hex(32))
    skip_numbers(connection, _NUMBERS_LEFT_OUT)
    return silence_before(connection, told_before)
