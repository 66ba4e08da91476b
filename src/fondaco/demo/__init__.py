"""Rialto, the demo shop: a merchant's systems and texts to try fondaco against."""
