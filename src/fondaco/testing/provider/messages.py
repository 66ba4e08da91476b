"""HTTP/1.1 answers as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

_STATUS = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}

JSON, EVENTS, HTML = "application/json", "text/event-stream; charset=utf-8", "text/html; charset=utf-8"
#: What a proxy shows where an answer should be.
PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"


def head(status: int, content_type: str, headers: Mapping[str, str], length: int | None) -> bytes:
    """Return status line and headers; without a length the body is chunked."""
    line = _STATUS.get(status) or f"HTTP/1.1 {status} Site is overloaded\r\n"
    told = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    size = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
    return f"{line}content-type: {content_type}\r\n{told}{size}\r\n\r\n".encode("latin-1")


def page(title: str) -> bytes:
    """Return an HTML page."""
    return PAGE % (title.encode(), title.encode())
