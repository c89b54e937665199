"""Features of this app: table, service, states and pages, each in a folder of its own."""
