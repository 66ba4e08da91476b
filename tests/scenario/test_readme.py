"""The README's program runs as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_README = Path(__file__).parents[2] / "README.md"


def test_the_ten_lines_print_the_answer_and_what_proves_it() -> None:
    program = re.findall(r"```python\n(.*?)```", _README.read_text(encoding="utf-8"), re.DOTALL)[0]

    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=True
    )

    lines = run.stdout.splitlines()
    assert "It is in Leipzig, due 1 December 2026." in lines
    assert [line for line in lines if line.startswith("Leipzig <- call_") and line.endswith(" place")]
    assert [line for line in lines if line.startswith("1 December 2026 <- call_") and line.endswith(" due")]
