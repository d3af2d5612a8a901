"""The catalogue: YAML in, products and problems out."""
