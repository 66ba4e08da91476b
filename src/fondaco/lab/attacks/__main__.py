"""``python -m fondaco.lab.attacks``."""

import sys

from fondaco.lab.attacks.command import main

sys.exit(main())
