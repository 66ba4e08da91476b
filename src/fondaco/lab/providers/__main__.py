"""``python -m fondaco.lab.providers`` is the command ``fondaco drill providers``."""

from fondaco.lab.providers.command import main

if __name__ == "__main__":
    raise SystemExit(main())
