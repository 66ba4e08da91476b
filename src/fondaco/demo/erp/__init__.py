"""Rialto's merchant system: orders, shipments, returns and stock behind HTTP.

fondaco knows it only by its address and token, as it would know a real merchant's system.
The word *customer* is the merchant's; where fondaco itself speaks, the same person is a contact.
"""
