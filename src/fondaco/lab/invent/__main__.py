"""``python -m fondaco.lab.invent`` is the command ``fondaco lab invent``."""

from fondaco.lab.invent.command import main

if __name__ == "__main__":
    raise SystemExit(main())
