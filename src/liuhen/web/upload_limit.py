"""How much one form may bring in files. Recordings come by the resumable way (`api.uploads`)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from liuhen.actions.materials import LARGEST

_AROUND = 1024 * 1024  # the other fields, and the boundaries between them


class LimitedForm(FileUploadHandler):
    """Refuses a form whose body is larger than the largest file a form may bring (413)."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - the name Django calls it by
        content_length: int,
        boundary: str,
        encoding: Any = None,
    ) -> None:
        """Look at the length before anything is read."""
        if content_length > LARGEST + _AROUND:
            raise RequestDataTooBig("a form larger than the largest file")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand the bytes on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The file is another handler's."""
