"""Which characters the papers can print, told by the fonts themselves."""

import pytest

from fieldsvc.kernel import glyphs
from fieldsvc.kernel.glyphs import GlyphMissing


def test_everyday_and_rare_ideographs_and_the_signs_of_papers_can_be_printed() -> None:
    assert glyphs.missing("淄博市周村区 12 号（一层）·阿依努尔 A-1#①★▲○㎡℃—“”…\n") == ""
    assert glyphs.missing("李䶮𡒄𪧘") == ""


def test_what_no_font_draws_is_named_once_in_order() -> None:
    assert glyphs.missing("李𱍐伟𱍐😀") == "𱍐😀"


def test_the_refusal_names_field_and_character_and_says_what_to_do() -> None:
    with pytest.raises(GlyphMissing) as refused:
        glyphs.refuse_missing({"contact.name": "李𱍐", "wish": "谢谢😀", "address": "大街 12 号"})
    assert refused.value.fields == {
        "character": "𱍐",
        "code_point": "U+31350",
        "errors": {
            "contact.name": "「𱍐」（U+31350）印不进文书："
            "请联系管理员补装含该字的字体，不要改字替代",
            "wish": "「😀」（U+1F600）印不进文书：请去掉表情和特殊符号",
        },
    }
    assert refused.value.to_problem()["title"] == "「𱍐」（U+31350）印不进文书"
    glyphs.refuse_missing({"contact.name": "李申请"})
