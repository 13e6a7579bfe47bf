"""How does a stranger see the whole job done? `python -m app.demo`: one purchase, from a holdings file to certificates."""
