"""How much of a conversation a model is told: what is cut, what stands for it, and what comes back."""
