"""Compare listed spot crypto funds by what they leave the holder, and by the price risk."""

__version__ = "0.1.0"
