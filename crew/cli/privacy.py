"""`crew backend forget`, `keys` and `photos`: who reported, what locks that, what the public sees. CLI layer."""

from typing import TYPE_CHECKING

from crew.cli.backend import existing_city
from crew.cli.output import print_json, tell
from crew.domain.errors import CorrectInput, CorrectUsage
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    import argparse

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder


def forget(arguments: "argparse.Namespace") -> int:
    """Forget contacts: those that are old enough, or those that are named."""
    chosen = [bool(arguments.address), bool(arguments.request), arguments.locked]
    if sum(chosen) > 1 or (arguments.text and not arguments.request):
        raise CorrectUsage("Give one of --address, --request and --locked, or none of them; --text needs --request.")
    city = existing_city(arguments)
    from crew.backend import forgetting

    dry_run = arguments.dry_run
    if arguments.address:
        done = forgetting.forget_address(city, arguments.address, dry_run=dry_run)
    elif arguments.request:
        done = forgetting.forget_request(city, arguments.request, text=arguments.text, dry_run=dry_run)
    elif arguments.locked:
        done = forgetting.forget_locked(city, dry_run=dry_run)
    else:
        done = forgetting.forget_old(city, dry_run=dry_run)
    if arguments.json:
        print_json({"contacts": done.contacts, "texts": done.texts, "accounts": done.accounts, "dry_run": dry_run})
        return 0
    from crew.backend.care.finding import several

    texts = f" and {several(done.texts, 'text')}" if done.texts else ""
    account = f" and {several(done.accounts, 'account')}" if done.accounts else ""
    print(f"{'would forget' if dry_run else 'forgot'} {several(done.contacts, 'contact')}{texts}{account}")
    if not dry_run and (done.contacts or done.texts or done.accounts):
        print("Not reached: backups, mails that were sent, and what other systems have fetched.")
    return 0


def photos(arguments: "argparse.Namespace") -> int:
    """List the photos of an order, and whether the public may see each."""
    if not arguments.order:
        raise CorrectUsage("Name the order: crew backend photos --order ID")
    city = existing_city(arguments)
    order = _order(city, arguments.order)
    from crew.backend.public.public_photos import public_photos

    with city.database.reading() as connection:
        public = {photo.sha256 for photo in public_photos(connection, [order.id])}
    rows = [
        {
            "sha256": photo.sha256,
            "role": photo.role.value,
            "public": photo.sha256 in public,
            "withdrawn": photo.sha256 in order.withdrawn,
            "approved": photo.sha256 in order.approved,
        }
        for photo in order.photos
    ]
    if arguments.json:
        print_json(rows)
        return 0
    if not rows:
        print(f"{order.id} has no photo.")
    for row in rows:
        seen = "withdrawn" if row["withdrawn"] else "public" if row["public"] else "crews only"
        seen += ", approved for posts" if row["approved"] else ""
        print(f"{row['sha256']}  {row['role']:6}  {seen}")
    return 0


def withdraw(arguments: "argparse.Namespace") -> int:
    """Hide a photo, or every photo of an order, from the public; or show them again."""
    if bool(arguments.hash) == bool(arguments.order):
        raise CorrectUsage("Name either the HASH of a photo, or --order ID for every photo of an order.")
    city = existing_city(arguments)
    from crew.backend.care.finding import several
    from crew.backend.withdrawing import withdraw as hide

    if arguments.hash:
        hashes = [arguments.hash]
    else:
        order = _order(city, arguments.order)
        hashes = [photo.sha256 for photo in order.photos if (photo.sha256 in order.withdrawn) is arguments.again]
    done = [hide(city, sha256, shown_again=arguments.again) for sha256 in hashes]
    posted_on = sorted({way for one in done for way in one.posted_on})
    if arguments.json:
        print_json({"photos": hashes, "withdrawn": not arguments.again, "posted_on": posted_on})
        return 0
    how = "shown to the public again" if arguments.again else "hidden from the public"
    print(f"{how}: {several(len(hashes), 'photo')}")
    for way in posted_on:
        print(f"{way}: a post shows it. Another says that it was corrected; delete the first on the account itself.")
    return 0


def _order(city: "City", order_id: str) -> "WorkOrder":
    from crew.backend.orders import load_order

    with city.database.reading() as connection:
        order = load_order(connection, city.catalogue, order_id)
    if order is None:
        raise CorrectInput(f"There is no order {clean_line(order_id)} in this city. Look at its number again.")
    return order


def keys(arguments: "argparse.Namespace") -> int:
    """Show which keys lock contacts, print a new one, or lock everything with the newest."""
    if arguments.new:
        from crew.backend.contact_keys import new_key

        key = new_key()
        tell(arguments, {"key": key}, key)
        return 0
    city = existing_city(arguments)
    from crew.backend.care.finding import several
    from crew.backend.contacts import keys_in_use, rekey

    renewed = None
    if arguments.renew:
        with city.database.writing() as connection:
            renewed = rekey(connection, city)
    with city.database.reading() as connection:
        in_use = keys_in_use(connection)
    known = city.contact_keys
    counts = {named: in_use.get(named, 0) for named in (*known.ids, *sorted(set(in_use) - set(known.ids)))}
    if arguments.json:
        print_json({"newest": known.newest, "here": known.ids, "contacts": counts, "renewed": renewed})
        return 0
    if renewed is not None:
        print(f"locked with the newest key: {several(renewed, 'contact')}")
    for named, count in counts.items():
        where = "newest" if named == known.newest else "older" if named in known.ids else "NOT HERE"
        print(f"{named}  {where:8}  {several(count, 'contact')}")
    return 0
