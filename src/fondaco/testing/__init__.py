"""Fakes that keep the contracts; your own tests may use them too."""
