"""Telemetry is sent where somebody wants it, and whoever lacks the extra is told what to install."""

from __future__ import annotations

import sys

import pytest

from fondaco.commands.logs import send_telemetry
from fondaco.config import TelemetrySettings
from fondaco.domain.errors import ConfigurationError

NOWHERE = "http://127.0.0.1:9/v1"


@pytest.fixture(autouse=True)
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is where ``fondaco[otel]`` was not installed."""
    monkeypatch.setitem(sys.modules, "fondaco.commands.otlp", None)
    monkeypatch.delattr("fondaco.commands.otlp", raising=False)


@pytest.mark.parametrize(
    ("telemetry", "named"),
    [
        (TelemetrySettings(otlp_endpoint=NOWHERE), "telemetry.otlp_endpoint is set"),
        (TelemetrySettings(otlp_metrics_endpoint=NOWHERE), "telemetry.otlp_metrics_endpoint is set"),
    ],
)
def test_an_endpoint_without_the_extra_is_named_with_what_to_install(
    telemetry: TelemetrySettings, named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named) as caught:
        send_telemetry(telemetry)

    assert "pip install 'fondaco[otel]'" in str(caught.value)


def test_without_an_endpoint_the_extra_is_not_needed() -> None:
    send_telemetry(TelemetrySettings())
