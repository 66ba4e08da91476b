"""What the log looks like, and where traces and metrics go."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import msgspec
import structlog

from fondaco.config import LogFormat, TelemetrySettings
from fondaco.domain.errors import ConfigurationError

_ENCODER = msgspec.json.Encoder(enc_hook=repr)


def write_logs(telemetry: TelemetrySettings, *, quiet: bool = False) -> None:
    """Write the log to standard error; ``quiet`` leaves out what is below an error.

    A command's own output stays on standard output, where a program may read it.
    """
    weight = logging.ERROR if quiet else logging.getLevelNamesMapping()[telemetry.log_level.upper()]
    render, factory = _as_written(telemetry.log_format)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(weight),
        logger_factory=factory,
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Forward()], level=max(weight, logging.WARNING), force=True)


def _as_written(form: LogFormat) -> tuple[Any, Any]:
    """Return what makes a line of an event, and what makes the logger that writes it."""
    if form is LogFormat.TEXT:
        colours = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        return colours, structlog.WriteLoggerFactory(file=sys.stderr)
    return _json_line, structlog.BytesLoggerFactory(file=sys.stderr.buffer)


def _json_line(_: object, __: str, event: structlog.typing.EventDict) -> bytes:
    try:
        return _ENCODER.encode(event)
    except (TypeError, ValueError, OverflowError):
        # Half of a surrogate pair, as in a file's name, is no UTF-8; it is told as an escape.
        return json.dumps(event, default=repr).encode()


class _Forward(logging.Handler):
    """Writes what libraries warn of into the same log, in the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        log = structlog.get_logger(record.name)
        log.log(record.levelno, "library_warns", library=record.name, text=record.getMessage())


def send_telemetry(telemetry: TelemetrySettings) -> None:
    """Send spans and metrics where an endpoint is set.  Raises ConfigurationError without the extra."""
    wanted = {
        "telemetry.otlp_endpoint": telemetry.otlp_endpoint,
        "telemetry.otlp_metrics_endpoint": telemetry.otlp_metrics_endpoint,
    }
    if not any(wanted.values()):
        return
    try:
        from fondaco.commands import otlp  # noqa: PLC0415 -- needs the extra
    except ImportError as error:
        named = next(name for name, endpoint in wanted.items() if endpoint)
        raise ConfigurationError(
            f"{named} is set, but the exporter is not installed; run pip install 'fondaco[otel]'."
        ) from error
    otlp.send(telemetry)
