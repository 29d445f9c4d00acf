"""Reads the body of a posted request: urlencoded or multipart, bounded in fields and files. Backend layer.

How many bytes a body may have is decided before it comes here (crew/backend/body_limit.py).
"""

from typing import TYPE_CHECKING, Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from crew.backend.georeport.parameters import Parameters
from crew.backend.georeport.refusals import CorrectParameters
from crew.domain.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

_MOST_PHOTOS: Final = 6
_MOST_FIELDS: Final = 300
_FIELD_BYTES: Final = 64 * 1024


class Form(Value):
    """What came in the body and the address of a post.

    Attributes:
        parameters: The words, those of the body before those of the address.
        photos: The bytes of each photo, of at most one byte more than a photo may have.
    """

    parameters: Parameters
    photos: tuple[bytes, ...]


async def read_form(request: "Request", photo_limit_bytes: int) -> Form:
    """Read a form of at most six photos, and of each no more than can be looked at.

    Raises:
        CorrectParameters: It is no form, or has too many parts.
    """
    try:
        async with request.form(max_files=_MOST_PHOTOS, max_fields=_MOST_FIELDS, max_part_size=_FIELD_BYTES) as form:
            pairs = form.multi_items()
            words = [(name, value) for name, value in pairs if isinstance(value, str)]
            files = [value for name, value in pairs if isinstance(value, UploadFile) and _is_photo(name, value)]
            photos = [await file.read(photo_limit_bytes + 1) for file in files]
    except HTTPException as error:
        raise CorrectParameters(
            f"The form cannot be read, or has more than {_MOST_PHOTOS} files or {_MOST_FIELDS} fields."
        ) from error
    except ClientDisconnect as error:
        raise CorrectParameters("The form did not arrive as a whole.") from error
    return Form(Parameters(_all(words, request.query_params.multi_items())), tuple(photos))


def _is_photo(name: str, file: UploadFile) -> bool:
    """Whether a part is a photo by the names that clients use; a form field left empty comes as a file without name."""
    known = name.removesuffix("[]").rstrip("0123456789") in ("media", "photo")
    return known and bool(file.filename or file.size)


def _all(*groups: "Iterable[tuple[str, str]]") -> list[tuple[str, str]]:
    return [pair for group in groups for pair in group]
