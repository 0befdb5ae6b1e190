"""A camera, a canvas, and the drawing of everything that can stand on a bench."""
