"""Stripe: cards, Japanese bank transfers and konbini, refunds, connected accounts, and what it says of its balance."""
