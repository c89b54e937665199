"""Connect outside services once, in a live web page, and use them safely from any Python code."""
