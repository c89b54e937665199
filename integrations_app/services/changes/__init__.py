"""Facts of a transaction: its audit entry, its event and its notice; and the stream of them."""
