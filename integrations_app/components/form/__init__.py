"""The parts that every form of the app is made of."""
