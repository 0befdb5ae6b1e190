"""Whatever a name, a caption or a reason contains: the HTML has the same tags and shows the whole text."""

from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evaluation.comparison_report import make_report
from pipelines.examples import read_compared, read_example
from pipelines.exports.html_report import comparison_as_html
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.recognise import Recognition
from pipelines.views.comparison import disputed_html
from pipelines.views.evidence import evidence_html
from pipelines.views.status import remarks_html, status_html, title_html
from pipelines.views.timeline import lanes_html, lanes_of
from pipelines.views.workflow import workflow_html

EXAMPLE = "collect-weigh-stir"
PLAIN = "plain"
TEXTS = st.text(st.sampled_from("<>&\"'`$\\{}%#/=!-; abcé script"), min_size=1, max_size=30).map(
    lambda text: f"x{text}x"
)


class Document(HTMLParser):
    """The tags of a document with the names of their attributes, the attributes' values, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple] = []
        self.values: list[str | None] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.values += [value for _, value in attrs]

    def handle_endtag(self, tag):
        self.tags.append((f"/{tag}",))

    def handle_data(self, data):
        self.text += data


def captioned(answer: Recognition, text: str) -> Recognition:
    """The first two clips of an answer, with a text as caption and as the name of the recording."""
    clips = tuple(
        replace(clip, prediction=replace(clip.prediction, caption=text)) for clip in answer.clips[:2]
    )
    recording = replace(answer.recording, name=text)
    return replace(answer, recording=recording, clips=clips, smoothed=answer.smoothed[:2])


def compared(text: str) -> Comparison:
    """Three models, one with an answer, one that stopped and one without, a text wherever one may stand."""
    comparison = read_compared(EXAMPLE)
    whole = comparison.runs[0]
    answer, about = captioned(whole.answer, text), replace(whole.about, trained_on=text)
    runs = (
        replace(whole, answer=answer, about=about),
        replace(comparison.runs[1], answer=answer, about=about, failed=text),
        Run(variant=comparison.runs[2].variant, failed=text),
    )
    labels = replace(comparison.labels, title=text)
    return replace(comparison, recording=answer.recording, labels=labels, runs=runs)


@settings(max_examples=15)  # a whole report is read each time
@given(TEXTS)
def test_a_report_has_the_same_tags_whatever_its_texts_are(text):
    def written(text: str) -> Document:
        comparison = compared(text)
        return Document(comparison_as_html(comparison, make_report(comparison)))

    document = written(text)
    assert document.tags == written(PLAIN).tags
    assert f"{text}: compared" in document.text
    assert any(text in value for value in document.values if value and value.startswith("score "))


@given(TEXTS)
def test_each_view_shows_a_text_as_it_is(text):
    comparison = compared(text)
    report = make_report(comparison)
    assert text in Document(evidence_html(comparison, report)).text
    for view in (status_html(text), status_html("Done.", title=text), remarks_html([text]), title_html(text)):
        assert Document(view).text.count(text) == 1
    answer, _ = read_example(EXAMPLE)
    lanes = Document(lanes_html(lanes_of(answer.recording, captioned(answer, text))))
    assert any(value and f"“{text}”" in value for value in lanes.values)


def test_a_picture_is_an_attribute_and_nothing_else():
    answer, _ = read_example(EXAMPLE)
    evil = "x' onerror='alert(1)\" onerror=\"alert(1)"
    clips = tuple(replace(clip, thumbnail=evil) for clip in answer.clips)
    comparison = read_compared(EXAMPLE)
    answered = (run for run in comparison.runs if run.answer)
    runs = tuple(replace(run, answer=replace(run.answer, clips=clips)) for run in answered)
    shown = replace(comparison, runs=runs)
    for html in (workflow_html(replace(answer, clips=clips)), disputed_html(shown, make_report(comparison))):
        images = [tag for tag in Document(html).tags if tag[0] == "img"]
        assert images
        assert set(images) == {("img", "src", "alt")}
