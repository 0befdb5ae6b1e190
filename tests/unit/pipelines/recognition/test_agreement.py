"""Votes, pairs, and the order in which clips are looked at, against counting by hand."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.recognition.agreement import consensus, pairwise, worth_a_look
from zoo.labels import LAB_ACTIONS

ADD, READ, COLLECT = LAB_ACTIONS.labels[:3]
some_labels = st.lists(st.sampled_from(LAB_ACTIONS.labels), max_size=6)


def test_most_votes_win_and_a_tie_goes_to_the_clip_before():
    answers = [[ADD, READ, ADD, COLLECT], [ADD, READ, READ, READ], [READ, READ]]
    votes = consensus(answers, LAB_ACTIONS)
    assert [vote.label for vote in votes] == [ADD, READ, READ, READ]
    assert [(vote.votes, vote.voters) for vote in votes] == [(2, 3), (3, 3), (1, 2), (1, 2)]
    assert [vote.disagreement for vote in votes] == [2 / 3, 0, 1, 1]
    assert worth_a_look(votes) == (2, 3, 0)


def test_a_tie_that_the_clip_before_does_not_decide_goes_to_the_first_of_the_label_set():
    votes = consensus([[COLLECT, READ], [COLLECT, ADD]], LAB_ACTIONS)
    assert [vote.label for vote in votes] == [COLLECT, ADD]


def test_pairs_count_the_clips_that_both_have_named():
    pairs = pairwise({"one": [ADD, ADD, READ], "other": [ADD, READ], "none": []})
    assert {names: (pair.share, pair.clips) for names, pair in pairs.items()} == {
        ("one", "other"): (0.5, 2),
        ("other", "one"): (0.5, 2),
    }


@given(st.lists(some_labels, max_size=8))
def test_the_consensus_has_as_many_votes_as_any_label(answers):
    votes = consensus(answers, LAB_ACTIONS)
    assert len(votes) == max(map(len, answers), default=0)
    for number, vote in enumerate(votes):
        ballots = [answer[number] for answer in answers if number < len(answer)]
        assert vote.votes == ballots.count(vote.label) == max(map(ballots.count, ballots))
        assert vote.voters == len(ballots)
        same = sum(a == b for a in ballots for b in ballots) - len(ballots)
        pairs = len(ballots) * (len(ballots) - 1)
        assert abs(vote.disagreement - (1 - same / pairs if pairs else 0)) < 1e-9
