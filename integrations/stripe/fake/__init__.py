"""A Stripe of our own for tests and the demo: another program, with a book of its own, that answers as Stripe does."""
