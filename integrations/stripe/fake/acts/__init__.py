"""What Stripe does, kind of thing by kind of thing. An act takes what it changes first, and never looks at a clock."""
