"""Which way of keeping a history is the cheapest at this provider, worked out before a token is sent."""
