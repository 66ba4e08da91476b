"""One folder a channel: bytes in, messages out; none knows another."""
