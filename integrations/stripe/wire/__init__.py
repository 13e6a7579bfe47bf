"""Stripe's JSON, field for field, as far as we look at it."""
