"""The words, the life cycles, the events, the ports."""
