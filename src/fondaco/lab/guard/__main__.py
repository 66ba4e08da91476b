"""``python -m fondaco.lab.guard``."""

import sys

from fondaco.lab.guard.command import main

sys.exit(main())
