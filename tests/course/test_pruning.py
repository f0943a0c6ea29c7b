"""Style sheets without what no page can need."""

import importlib.util

import pytest
from helpers import ROOT

spec = importlib.util.spec_from_file_location("pruning", ROOT / "site/extensions/pruning.py")
pruning = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pruning)


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".a{x:1}.b{x:2}", ".a{x:1}"),
        (".a,.b{x:1}", ".a{x:1}"),
        (".a .b,#a>p{x:1}", "#a>p{x:1}"),
        ("p{x:1}", "p{x:1}"),
        (".a:not(.b):is(.c,.d){x:1}", ".a:not(.b):is(.c,.d){x:1}"),
        ("[href='.b']{x:1}", "[href='.b']{x:1}"),
        ("/* .a{ */.b{x:1}", ""),
        ("@media print{.a{x:1}.b{x:2}}", "@media print{.a{x:1}}"),
        ("@media print{.b{x:2}}", ""),
        ("@import 'c.css';.b{x:1}", "@import 'c.css';"),
        ("@supports (x:1){@media print{.a{x:1}.b{x:1}}}", "@supports (x:1){@media print{.a{x:1}}}"),
        ("@font-face{src:url(b)}@keyframes b{from{x:1}}", "@font-face{src:url(b)}@keyframes b{from{x:1}}"),
        (":root{--a:1;--b:2}.a{x:var(--a)}", ":root{--a:1;}.a{x:var(--a)}"),
        (":root{--a:1;--b:var(--a)}.a{x:1}", ":root{}.a{x:1}"),
        (":root{--seen:1}", ":root{--seen:1}"),
    ],
)  # fmt: skip
def test_rules_and_variables_that_no_page_needs_are_left_out(sheet, left):
    assert pruning.prune({"one": sheet}, {"a"}, "style.setProperty('--seen')") == {"one": left}


def test_a_variable_of_one_sheet_may_be_used_in_another():
    sheets = {"one": ":root{--a:1}", "other": "p{x:var( --a )}"}
    assert pruning.prune(sheets, set(), "") == sheets


def test_a_sheet_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match=r"no rule of a style sheet: p\{x:1"):
        pruning.prune({"one": "a{x:1}p{x:1"}, set(), "")
