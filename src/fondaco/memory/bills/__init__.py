"""What a history costs to tell, replayed request by request with the provider's cache of prefixes."""
