"""Narrations of everyday acts: a few sentences for each, filled with the names of the props in use.

No sentence names an activity of the label sets; test_everyday lists the words that are kept out.
"""

from __future__ import annotations

from pipelines.datasets.rendered.acts.stage import Stage
from pipelines.datasets.rendered.drawing.props import Prop

NARRATIONS = {
    "pour": (
        "C pours {liquid} from {a_source} into {a_target}",
        "C pours {liquid} into {a_target}",
        "C tips {a_source} and fills {a_target} with {liquid}",
        "C holds {a_source} over {a_target} and pours {liquid}",
    ),
    "drip": (
        "C squeezes {a_source} and drips {liquid} into {a_target}",
        "C drips {liquid} into {a_target}",
        "C lets {liquid} drip from {a_source} into {a_target}",
    ),
    "tall": (
        "C pours {liquid} into a tall glass with marks",
        "C fills the tall glass with {liquid} up to a mark and looks at it",
        "C pours {liquid} from {a_source} into a tall glass and reads the marks",
        "C bends down and looks at the marks on the tall glass of {liquid}",
    ),
    "tap": (
        "C opens the tap of the dispenser and lets {liquid} run into {a_target}",
        "C turns the tap and {liquid} runs into {a_target} below",
        "C fills {a_target} with {liquid} at the tap",
    ),
    "drain": (
        "C opens the tap a little and {liquid} drips into {a_target} below",
        "C lets the last of {the_liquid} drip from the tap into {a_target}",
    ),
    "turn": (
        "C turns {a_tool} round and round in {a_target} of {liquid}",
        "C mixes {the_liquid} in {a_target} with {a_tool}",
        "C moves {a_tool} round in {a_target}",
        "C holds {a_target} and turns {a_tool} in {the_liquid}",
    ),
    "mixer": (
        "C presses the button of the mixer and {liquid} turns round and round in the glass",
        "C lets the mixer turn {the_liquid} in the glass",
        "C watches {liquid} turn round in the glass on the mixer",
    ),
    "shake": (
        "C shakes {a_target} of {liquid} with both hands and turns it over",
        "C holds {a_target} with both hands and shakes it",
        "C shakes {the_liquid} in {a_target} up and down and turns it over",
    ),
    "scoop": (
        "C scoops {liquid} with a spoon onto the scale and reads the number",
        "C puts {liquid} on the scale with a spoon",
        "C takes {liquid} from the jar with a spoon and looks at the number on the scale",
        "C weighs {liquid} on the kitchen scale",
    ),
    "sprinkle": (
        "C sprinkles {liquid} with a spoon into {a_target}",
        "C scoops {liquid} from the jar into {a_target}",
        "C takes a spoon of {liquid} and drops it into {a_target}",
    ),
    "weigh": (
        "C puts {a_target} on the scale and reads the number",
        "C weighs {a_target} on the scale",
        "C sets {a_target} down on the scale and looks at the display",
    ),
    "read": (
        "C holds a thermometer in {a_target} of {liquid} and reads the number on the display",
        "C puts the thermometer into {the_liquid} and looks at the display",
        "C dips a thermometer into {a_target} and reads the display",
        "C holds a stick on a cable in {a_target} and watches the number on the display",
    ),
    "circles": (
        "C moves the plate in circles on the table",
        "C moves the plate with {a_target} round in circles",
        "C holds the plate at its edge and swirls {the_liquid} in circles",
    ),
    "eight": (
        "C moves the plate in a figure of eight",
        "C moves the plate with {a_target} along an eight",
        "C slides the plate over the table in eights",
    ),
    "dip circles": (
        "C holds {a_target} with the {tool} and moves it in circles on the plate",
        "C moves {a_target} round in circles in {the_liquid}",
        "C wipes the plate in circles with {a_target}",
    ),
    "dip eight": (
        "C holds {a_target} with the {tool} and moves it in an eight on the plate",
        "C moves {a_target} in a figure of eight through {the_liquid}",
        "C draws an eight on the plate with {a_target}",
    ),
    "rock": (
        "C tilts the plate to and fro and drips {liquid} onto it",
        "C tips the plate to and fro so that {the_liquid} runs over {a_target}",
        "C rocks the plate and drips {liquid} over {a_target}",
    ),
    "dot": (
        "C drips {liquid} onto {a_target} with a dropper",
        "C lifts and lowers the dropper and drips {liquid} over {a_target} on the plate",
        "C lets drops of {liquid} fall onto the plate",
    ),
    "spray": (
        "C squeezes {a_source} and sprays water over the plate",
        "C sprays water over {a_target} on the plate",
        "C squirts water from {a_source} onto the plate",
        "C cleans the plate with water from {a_source}",
    ),
    "pick": (
        "C turns {a_target} over with the {tool}",
        "C lifts {a_target} from the plate with the {tool} and puts it back",
    ),
    "swirl": (
        "C swirls {liquid} in the pan in circles",
        "C holds the handle and moves the pan in circles",
        "C moves the pan round so that {the_liquid} swirls",
    ),
    "toss": (
        "C moves the pan of {liquid} in a figure of eight",
        "C slides the pan in eights by its handle",
    ),
    "shove": (
        "C shakes the pan to and fro by its handle",
        "C pushes the pan of {liquid} to and fro",
    ),
    "move": (
        "C moves {a_target} on the table",
        "C picks up {a_target} and puts it down",
        "C lifts {a_target} and looks at it",
        "C takes {a_target} and sets it back",
    ),
    "wipe": (
        "C wipes the table with a cloth",
        "C moves a cloth to and fro over the table",
        "C cleans the table with a cloth",
    ),
    "polish": ("C wipes the table in circles with a cloth", "C moves a cloth in circles over the table"),
    "cut": (
        "C cuts {a_target} with a knife",
        "C moves a knife to and fro in {a_target}",
        "C saws through {a_target} with a knife",
    ),
    "brush": (
        "C brushes {liquid} onto {a_target}",
        "C paints {a_target} with a brush",
        "C moves a brush with {liquid} to and fro over {a_target}",
    ),
    "write": ("C writes in a notebook with a pen", "C writes a note", "C notes a number in the notebook"),
    "type": (
        "C types a number into the calculator and reads the display",
        "C presses the keys of the calculator",
        "C types at the calculator with one finger",
    ),
    "keyboard": ("C types on the keyboard with both hands", "C types on a keyboard", "C presses the keys"),
    "charge": (
        "C presses a button of the charger and reads the display",
        "C presses the buttons of the charger",
        "C looks at the number on the charger and presses a button",
    ),
    "rest": (
        "C rests the hands on the table",
        "C looks around with the hands on the table",
        "C waits and looks around",
        "C looks around the {place}",
    ),
    "wait": ("C waits and looks at the timer", "C watches the number on the timer"),
    "touch": ("C reaches over the table", "C points at things on the table", "C touches {a_target}"),
}


def narrate(stage: Stage, act: str, **roles: object) -> str:
    """Draw a narration of an act and fill in its roles.

    Props give their nouns; the liquid is named with and without an article.
    """
    words = {}
    for role, word in roles.items():
        if isinstance(word, Prop):
            words[f"a_{role}"], words[role] = article(word.noun), word.noun
        elif role == "liquid":
            words[role], words["the_liquid"] = str(word), "the " + str(word).removeprefix("a ")
        else:
            words[role] = str(word)
    templates = NARRATIONS[act]
    return templates[stage.rng.integers(len(templates))].format(**words)


def article(noun: str) -> str:
    """A noun with its article; tongs are plural."""
    return noun if noun == "tongs" else f"a {noun}"
