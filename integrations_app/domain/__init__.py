"""The words of the product as plain data; the standard library only, imported by everyone."""
