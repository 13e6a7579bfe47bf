"""How does the desk get a PostgreSQL of its own where nobody has given it one?"""
