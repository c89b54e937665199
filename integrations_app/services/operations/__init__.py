"""Start, doctor, metrics and old data: what an operator looks after."""
