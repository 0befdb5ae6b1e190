"""How fast and how heavy the product is."""
