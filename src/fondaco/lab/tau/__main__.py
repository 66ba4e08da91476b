"""``python -m fondaco.lab.tau`` is the command ``fondaco lab tau``."""

from fondaco.lab.tau.command import main

if __name__ == "__main__":
    raise SystemExit(main())
