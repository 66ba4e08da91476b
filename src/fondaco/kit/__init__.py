"""Helpers without a word of customer service."""
