"""Rows of features: texts that may be saved, versions, pages; the rules that all of them share."""
