"""The doctor examines llama.cpp, which nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.cli_desk import CliDesk
from tests.scenario.test_models_real import address

__all__ = ["address"]

MODELS = """
[[llm.providers]]
name = "here"
base_url = "{address}/v1"

[[llm.models]]
name = "small"
provider = "here"
model = "smollm2"
price = "free"

[llm.chains]
cheap = ["small"]
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    return CliDesk(capsys)


def test_a_real_server_does_as_is_documented_of_it(desk: CliDesk, address: str) -> None:
    Path("fondaco.toml").write_text(MODELS.format(address=address))

    ran = desk.run("doctor", "provider", "small", "--also-wrong-key", "--json")

    [examined] = ran.json
    assert (ran.code, examined["faults"], examined["measured"]["deviations"]) == (0, [], {})
    found = {one["name"]: one for one in examined["measured"]["probes"]}
    assert {one["served_model"] for one in found.values()} == {"smollm2"}
    assert found["streamed"]["wire"]["ends"] == ["finish reason", "[DONE]"]
    assert found["streamed"]["wire"]["usage_on"] == "an event of its own"
    assert found["wrong key"]["outcome"] == "answered"  # it was started without any key
