from hypothesis import given
from hypothesis import strategies as st

from inspections.catalog.rules import Judged, Limit, VerdictRule, decide
from inspections.catalog.states import Level, Outcome, Remote, Result

CY = VerdictRule(
    (
        Limit(frozenset({Level.KEY}), 0),
        Limit(frozenset({Level.MAJOR}), 3),
        Limit(frozenset({Level.MAJOR, Level.GENERAL}), 8),
    )
)
judged = st.builds(
    Judged,
    code=st.uuids().map(str),
    level=st.sampled_from(Level),
    remote=st.sampled_from(Remote),
    result=st.none() | st.sampled_from(Result),
    documented=st.booleans(),
)


def failed(level: Level, count: int) -> list[Judged]:
    return [Judged(f"{level}{n}", level, Remote.YES, Result.NON_CONFORMING) for n in range(count)]


class TestTheCateringRule:
    def test_three_major_and_five_general_failures_still_pass(self) -> None:
        verdict = decide(CY, failed(Level.MAJOR, 3) + failed(Level.GENERAL, 5))
        assert verdict.verdict is Outcome.CONFORMING
        assert (verdict.counts.major_failed, verdict.counts.general_failed) == (3, 5)

    def test_a_ninth_failure_does_not(self) -> None:
        verdict = decide(CY, failed(Level.MAJOR, 3) + failed(Level.GENERAL, 6))
        assert verdict.verdict is Outcome.NON_CONFORMING

    def test_a_fourth_major_failure_does_not(self) -> None:
        assert decide(CY, failed(Level.MAJOR, 4)).verdict is Outcome.NON_CONFORMING

    def test_one_key_failure_does_not(self) -> None:
        verdict = decide(CY, failed(Level.KEY, 1))
        assert verdict.verdict is Outcome.NON_CONFORMING
        assert verdict.reason_text_code == "limit_exceeded"
        assert verdict.items == ("KEY0",)


class TestWhatNeedsASiteVisit:
    def test_an_item_that_cannot_be_judged_remotely_leads_there(self) -> None:
        unclear = Judged("CY02", Level.MAJOR, Remote.DOUBTFUL, Result.UNDETERMINED)
        verdict = decide(CY, [unclear, *failed(Level.KEY, 2)])
        assert verdict.verdict is Outcome.ON_SITE_REQUIRED
        assert verdict.items == ("CY02",)

    def test_a_test_report_carries_an_item_that_no_camera_can_judge(self) -> None:
        bare = Judged("ZS10", Level.KEY, Remote.NO, Result.CONFORMING)
        shown = Judged("ZS10", Level.KEY, Remote.NO, Result.CONFORMING, documented=True)
        assert decide(CY, [bare]).verdict is Outcome.ON_SITE_REQUIRED
        assert decide(CY, [shown]).verdict is Outcome.CONFORMING


class TestAnyChecklist:
    @given(st.lists(judged))
    def test_counts_add_up_to_the_whole(self, items: list[Judged]) -> None:
        counts = decide(CY, items).counts
        parts = (counts.conforming + counts.not_applicable + counts.undetermined + counts.blank) + (
            counts.key_failed + counts.major_failed + counts.general_failed
        )
        assert parts == counts.total == len(items)

    @given(st.lists(judged))
    def test_a_blank_item_leaves_the_verdict_open(self, items: list[Judged]) -> None:
        verdict = decide(CY, items)
        assert (verdict.verdict is None) == any(one.result is None for one in items)

    @given(st.lists(judged))
    def test_it_conforms_exactly_when_the_law_of_the_rule_holds(self, items: list[Judged]) -> None:
        verdict = decide(CY, items)
        counts = verdict.counts
        clear = not any(
            one.result in {None, Result.UNDETERMINED}
            or (one.remote is Remote.NO and one.result is Result.CONFORMING and not one.documented)
            for one in items
        )
        within = (
            counts.key_failed == 0
            and counts.major_failed <= 3
            and counts.major_failed + counts.general_failed <= 8
        )
        assert (verdict.verdict is Outcome.CONFORMING) == (clear and within)

    @given(st.lists(judged), st.randoms())
    def test_the_order_of_items_does_not_matter(self, items: list[Judged], random) -> None:  # type: ignore[no-untyped-def]
        shuffled = list(items)
        random.shuffle(shuffled)
        assert decide(CY, items) == decide(CY, shuffled)

    @given(st.lists(judged))
    def test_one_more_failure_never_helps(self, items: list[Judged]) -> None:
        before = decide(CY, items).verdict
        after = decide(CY, [*items, *failed(Level.MAJOR, 1)]).verdict
        assert after is not Outcome.CONFORMING or before is Outcome.CONFORMING


def test_where_nothing_failed_no_limit_is_spoken_of() -> None:
    good = Judged("CY01", Level.KEY, Remote.YES, Result.CONFORMING)
    assert decide(CY, [good]).reason == "没有不符合项。"
    assert "未超过" in decide(CY, [good, *failed(Level.MAJOR, 1)]).reason
