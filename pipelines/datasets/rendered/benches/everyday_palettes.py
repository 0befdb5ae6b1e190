"""Contents of vessels on the everyday benches: their names and colours; and colours of the vessels."""

from pipelines.datasets.rendered.drawing.canvas import Colour

Palette = dict[str, Colour]

DRINKS: Palette = {
    "water": (205, 224, 232),
    "juice": (238, 152, 44),
    "milk": (243, 241, 234),
    "tea": (158, 86, 34),
    "coffee": (74, 46, 30),
    "lemonade": (222, 226, 150),
    "syrup": (176, 34, 56),
    "a red liquid": (200, 60, 60),
    "a green liquid": (90, 180, 110),
}
COOKING: Palette = {
    "oil": (226, 194, 74),
    "milk": (243, 241, 234),
    "water": (205, 224, 232),
    "soup": (208, 124, 52),
    "vinegar": (150, 70, 50),
    "a yellow liquid": (232, 212, 90),
}
SHOP: Palette = {
    "blue paint": (60, 100, 190),
    "red paint": (190, 54, 50),
    "white paint": (238, 238, 232),
    "glue": (236, 226, 186),
    "oil": (206, 160, 60),
    "soap water": (140, 196, 216),
    "a blue liquid": (84, 130, 210),
}
FOODS: Palette = {"flour": (244, 240, 230), "sugar": (250, 250, 248), "coffee powder": (92, 58, 36)}
FOODS |= {"cocoa powder": (112, 70, 46), "salt": (246, 246, 246), "white powder": (240, 238, 234)}
SAUCES: Palette = {
    "sauce": (150, 44, 34),
    "syrup": (176, 34, 56),
    "milk": (243, 241, 234),
    "water": (196, 216, 226),
}
SMALLS: Palette = {"screws": (150, 152, 158), "nails": (126, 128, 134), "sand": (206, 182, 134)}
CHINA = ((240, 240, 236), (206, 90, 74), (84, 130, 180), (120, 160, 120), (232, 206, 140))
WOOD, DARK = (176, 134, 90), (70, 72, 78)
STEEL = (176, 180, 184)
