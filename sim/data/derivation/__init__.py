"""How the shipped tables are made from the source folders; not needed to run the model."""
