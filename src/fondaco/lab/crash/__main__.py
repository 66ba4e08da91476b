"""``python -m fondaco.lab.crash`` is the command ``fondaco drill crash``."""

from fondaco.lab.crash.command import main

if __name__ == "__main__":
    raise SystemExit(main())
