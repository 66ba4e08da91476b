"""``python -m fondaco`` is the command ``fondaco``."""

from fondaco.cli import main

if __name__ == "__main__":
    main()
