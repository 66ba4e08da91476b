"""How a change of the world comes about: proposed, agreed to by the contact, executed once, receipted."""
