"""``python -m fondaco.testing.provider [SETUP]``: the simulator alone; its address is the first line."""

from __future__ import annotations

import sys

from fondaco.testing.provider.running import main

if __name__ == "__main__":
    main(sys.argv[1:])
