"""Measures what an address really does, so that nobody has to believe its documents."""
