"""A supervisor's draw can be repeated by anybody who has the seed."""

from inspections.aftercare import rules
from inspections.aftercare.models import SupervisorSample
from inspections.delegation.models import Delegation
from tests.inspections.aftercare.scene import People, as_staff, deliver, new_delegation

PATH = "/aftercare/samples"
WISH = {"supervisor": "孔监督", "from_day": "2026-11-23", "until_day": "2026-11-29", "size": 3}


def deliver_many(folk: People) -> None:
    for number in range(1, 9):
        deliver(new_delegation(folk.cast.bureau, folk.zhou, number))
    deliver(new_delegation(folk.cast.elsewhere, None, 20))


def test_the_same_seed_draws_the_same_cases(folk: People) -> None:
    deliver_many(folk)
    auditor = as_staff(folk.cast.auditor)
    first = auditor.post(PATH, WISH).json()
    again = auditor.post(PATH, {**WISH, "seed": first["seed"]}).json()
    numbers = [one["number"] for one in first["cases"]]
    assert numbers == [one["number"] for one in again["cases"]]
    assert first["population_sha256"] == again["population_sha256"]
    assert (first["population"], len(set(numbers))) == (8, 3)
    mine = Delegation.objects.filter(bureau=folk.cast.bureau).values_list("pk", flat=True)
    expected = rules.draw(first["seed"], mine, 3)
    assert [one["delegation"] for one in first["cases"]] == [str(one) for one in expected]


def test_what_the_supervisor_saw_is_kept_case_by_case(folk: People) -> None:
    deliver_many(folk)
    head = as_staff(folk.cast.head)
    sample = head.post(PATH, WISH).json()
    one = sample["cases"][0]["delegation"]
    body = {
        "delegation": one,
        "checks": {"ON_TIME": "YES", "SHOWED_CODE": "NO"},
        "remark": "未亮码",
    }
    answer = head.post(f"{PATH}/{sample['id']}/checks", body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["cases"][0]["checks"] == body["checks"]
    outside = Delegation.objects.exclude(
        pk__in=[case["delegation"] for case in sample["cases"]]
    ).first()
    assert outside is not None
    wrong = head.post(f"{PATH}/{sample['id']}/checks", {**body, "delegation": str(outside.pk)})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not_in_sample")


def test_who_may_draw_and_from_what(folk: People) -> None:
    empty = as_staff(folk.cast.head).post(PATH, WISH)
    assert (empty.status_code, empty.json()["code"]) == (422, "sample_period_empty")
    backwards = {**WISH, "from_day": "2026-11-30"}
    assert as_staff(folk.cast.head).post(PATH, backwards).json()["code"] == "invalid"
    for staff in (folk.zhou, folk.feng):
        assert as_staff(staff).post(PATH, WISH).status_code == 403
        assert as_staff(staff).get(PATH).status_code == 403
    assert not SupervisorSample.objects.exists()
