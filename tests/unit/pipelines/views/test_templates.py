"""Templates escape what they are given, and refuse what is missing."""

import pytest
from jinja2 import UndefinedError

from pipelines.views.templates import ENVIRONMENT, render


def test_values_are_escaped_and_rendered_html_is_not_escaped_again():
    once = render("header.html", tier="<b>&'\"")
    assert "&lt;b&gt;&amp;&#39;&#34;" in once
    assert once in render("header.html", tier=once)


def test_a_missing_value_is_an_error():
    with pytest.raises(UndefinedError):
        render("header.html")


def test_every_template_compiles():
    for name in ENVIRONMENT.list_templates():
        ENVIRONMENT.get_template(name)
