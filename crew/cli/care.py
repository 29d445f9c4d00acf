"""`crew backend backup`, `restore`, `renew` and `check`: a city's records through disasters. CLI layer."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.cli.backend import backend_dir, existing_city, require_backend
from crew.cli.output import print_json
from crew.cli.progress import bar
from crew.domain.errors import CallForHelp, CorrectUsage
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    import argparse


_MOST_HOURS: Final = 24 * 366


def backup(arguments: "argparse.Namespace") -> int:
    """Write everything into one file, beside a running server if there is one."""
    city = existing_city(arguments)
    from crew.backend.care.backup import back_up

    file = Path(arguments.file).expanduser().absolute()
    with bar("Backing up", quiet=arguments.json) as on_progress:
        written = back_up(city, file, on_progress)
    if arguments.json:
        values = {"file": str(file), "taken_at": written.taken_at, "byte_count": written.byte_count}
        print_json({**values, "orders": written.orders, "photos": written.photos, "absent": written.absent_photos})
    else:
        print(f"backed up {_contents(written.orders, written.photos)}, {_megabytes(written.byte_count)}: {file}")
    if written.absent_photos:
        raise CallForHelp(
            f"The backup is whole but for {len(written.absent_photos)} of the photos, lost or damaged on the disk. "
            "`crew backend check` names them."
        )
    return 0


def restore(arguments: "argparse.Namespace") -> int:
    """Put a backup into the backend's folder."""
    require_backend()
    from crew.backend.backend_settings import read_backend_settings
    from crew.backend.care.finding import several
    from crew.backend.care.restore import restore as put_back
    from crew.system_clock import now

    if read_backend_settings().database:
        raise CorrectUsage(
            "The settings name a database on a server, and a backup goes into a file. Take `database` out of "
            "backend.toml, or restore the server's own dump with pg_restore."
        )
    span, file, folder = _mail_span(arguments), Path(arguments.file).expanduser(), backend_dir(arguments)
    with bar("Restoring", quiet=arguments.json) as on_progress:
        restored = put_back(file, folder, now(), span, on_progress)
    if arguments.json:
        values = {"folder": str(folder), "taken_at": restored.taken_at, "orders": restored.orders}
        more = {"photos": restored.photos, "absent": restored.absent_photos, "silent_notices": restored.silent_notices}
        more["keys_away"] = restored.keys_away
        print_json({**values, **more, "set_aside": restored.set_aside and str(restored.set_aside)})
        return 0
    print(f"restored {_contents(restored.orders, restored.photos)} as of {restored.taken_at:%Y-%m-%d %H:%M} UTC")
    if restored.set_aside:
        print(f"what the folder held before lies whole in {restored.set_aside}")
    if restored.absent_photos:
        print(f"lost before the backup was made: {several(len(restored.absent_photos), 'photo')}: crew backend check")
    if restored.silent_notices:
        print(f"not sent, as they may have been before: {several(restored.silent_notices, 'mail')}")
    if restored.keys_away:
        names = ", ".join(restored.keys_away)
        print(f"mails to earlier reporters wait for the key {names}: set CREW_CONTACTS_KEY (docs/privacy.md)")
    print("Devices pull everything anew, and send again what this backup does not know.")
    return 0


def renew(arguments: "argparse.Namespace") -> int:
    """Make a database that the server's own tools put back safe to go on with; `restore` does it by itself."""
    span, city = _mail_span(arguments), existing_city(arguments)
    from crew.backend.care.finding import several
    from crew.backend.care.renewal import renew as make_new
    from crew.backend.folder_lock import serving

    if city.database.is_file:
        raise CorrectUsage("This city's database is a file: `crew backend restore` puts it back, and does this, too.")
    with serving(city.data_dir), city.database.writing() as connection:
        silent = make_new(connection, city.clock() - span)
    if arguments.json:
        print_json({"silent_notices": silent})
        return 0
    print(f"not sent, as they may have been before: {several(silent, 'mail')}")
    print("Devices pull everything anew, and send again what this database does not know.")
    return 0


def check(arguments: "argparse.Namespace") -> int:
    """Look at everything that the backend remembers."""
    city = existing_city(arguments)
    from crew.backend.care.checking import check as look
    from crew.backend.care.finding import several

    with bar("Checking", quiet=arguments.json) as on_progress:
        checked = look(city, on_progress)
    if arguments.json:
        counts = {f"{name}s": count for name, count in checked.counts.items()}
        findings = [
            {"part": finding.part, "fault": finding.is_fault, "sentence": clean_line(finding.sentence)}
            for finding in checked.findings
        ]
        print_json({"sound": not checked.faults, "counts": counts, "findings": findings})
    else:
        for finding in checked.findings:
            print(f"{'FAULT' if finding.is_fault else 'note '}  {finding.part}: {clean_line(finding.sentence)}")
        print("checked " + ", ".join(several(count, name) for name, count in checked.counts.items()))
    if checked.faults:
        faults = several(len(checked.faults), "fault")
        raise CallForHelp(f"{faults} in {backend_dir(arguments)}. Keep the folder, and do what each says.")
    return 0


def _mail_span(arguments: "argparse.Namespace") -> timedelta:
    if not 0 <= arguments.mail_hours <= _MOST_HOURS:
        raise CorrectUsage(f"--mail-hours is a number from 0 to {_MOST_HOURS}.")
    return timedelta(hours=arguments.mail_hours)


def _contents(orders: int, photos: int) -> str:
    from crew.backend.care.finding import several

    return f"{several(orders, 'order')}, {several(photos, 'photo')}"


def _megabytes(byte_count: int) -> str:
    return f"{byte_count / 1_000_000:.1f} MB"
