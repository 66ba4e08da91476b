"""fondaco: AI customer service that a company can trust."""
