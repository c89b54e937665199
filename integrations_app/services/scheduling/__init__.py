"""What is done without anybody asking: checks and renewals that are due."""
