"""AI endpoints: a model, under a name, at whichever connection an admin picks for it."""
