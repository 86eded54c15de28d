"""Pages of programmes, by noun."""
