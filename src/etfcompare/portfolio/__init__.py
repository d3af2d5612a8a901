"""What to hold: yield against exposure, allocations under limits, and the trades that lead there.

Stands on the figures of `engine/` and on what `history/` measured; computes no yield of its own.
"""
