"""The three protocols, written from their descriptions and not from fondaco's own readers of them."""
