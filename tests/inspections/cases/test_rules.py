import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.cases.rules import CallbackPolicy, callback_problem, is_credit_code, is_mobile
from inspections.cases.rules import credit_code_digit as digit

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PRODUCTION = CallbackPolicy(frozenset({"sp.example.gov.cn:443", "10.1.2.3:8443"}), loopback=False)
EMBEDDED = CallbackPolicy(frozenset(), loopback=True)


class TestTheCreditCode:
    def test_the_example_of_the_standard_passes(self) -> None:
        assert is_credit_code("91350100M000100Y43")

    @given(st.text(SIGNS, min_size=17, max_size=17), st.data())
    def test_one_wrong_sign_is_always_found(self, first: str, data: st.DataObject) -> None:
        code = first + digit(first)
        assert is_credit_code(code)
        place = data.draw(st.integers(0, 17))
        other = data.draw(st.sampled_from(SIGNS.replace(code[place], "")))
        assert not is_credit_code(code[:place] + other + code[place + 1 :])

    @given(st.text(max_size=20))
    def test_no_text_makes_it_fall_over(self, text: str) -> None:
        is_credit_code(text)

    def test_letters_the_standard_leaves_out_are_refused(self) -> None:
        for sign in "IOSVZ":
            assert not is_credit_code(sign * 18)


@pytest.mark.parametrize(
    ("phone", "good"),
    [
        ("13805331234", True),
        ("19912345678", True),
        ("12805331234", False),
        ("1380533123", False),
        ("+8613805331234", False),
        ("138０5331234", False),
    ],
)
def test_only_a_mainland_mobile_number_can_get_an_sms(phone: str, good: bool) -> None:
    # \d alone would let full-width digits through.
    assert is_mobile(phone) is good


class TestWhereResultsMayGo:
    @pytest.mark.parametrize(
        "url", ["https://sp.example.gov.cn/back", "https://10.1.2.3:8443/back?x=1"]
    )
    def test_production_sends_to_listed_https_places(self, url: str) -> None:
        assert callback_problem(url, PRODUCTION) is None

    @pytest.mark.parametrize(
        "url",
        [
            "http://sp.example.gov.cn/back",
            "https://sp.example.gov.cn:8443/back",
            "https://evil.example/back",
            "https://sp.example.gov.cn@evil.example/",
            "https://u:p@sp.example.gov.cn/",
            "https://sp.example.gov.cn/#x",
            "https://sp.example.gov.cn\\@evil.example/",
            "https://sp.example.gov.cn /",
            "https://sp.example.gov.cn:99999/",
            "https://sp.example.gov.cn:x/",
            "https:///back",
            "//sp.example.gov.cn/back",
            "file:///etc/passwd",
            "gopher://10.1.2.3:8443/",
            "http://127.0.0.1:9000/",
            "https://localhost/",
            "https://2130706433/",
            "https://[::ffff:10.1.2.3]:8443/",
            "",
        ],
    )
    def test_production_sends_nowhere_else(self, url: str) -> None:
        assert callback_problem(url, PRODUCTION) is not None

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:9000/r", "http://localhost:1/", "http://[::1]:9/"]
    )
    def test_the_embedded_default_may_send_to_this_machine(self, url: str) -> None:
        assert callback_problem(url, EMBEDDED) is None

    @pytest.mark.parametrize("url", ["http://192.168.1.4/", "https://sp.example.gov.cn/"])
    def test_but_not_to_others(self, url: str) -> None:
        assert callback_problem(url, EMBEDDED) is not None

    @given(st.text(max_size=80))
    def test_no_text_makes_it_fall_over(self, text: str) -> None:
        callback_problem(text, PRODUCTION)
        callback_problem("https://" + text, EMBEDDED)
