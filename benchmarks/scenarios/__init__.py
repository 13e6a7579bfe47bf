"""What can go wrong, done on purpose? Each scenario takes how often and a seed, and tells every breach in a sentence.

The tests run a tenth of what `python -m benchmarks.torture` runs.
"""
