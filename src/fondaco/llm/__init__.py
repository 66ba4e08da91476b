"""One client for every model: asks, survives, and accounts for it."""
