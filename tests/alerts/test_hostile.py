"""Names and texts that want to act do nothing: they are kept and shown as text."""

from __future__ import annotations

import pytest
from alert_helpers import A, Evidence, T, by, check, found, listed, one

from mihari.alerts import actions
from mihari.alerts.audit import verify
from mihari.alerts.handover import as_markdown, handover
from mihari.alerts.text import clean
from mihari.alerts.watch import Watch

HOSTILE = {
    "html": "<img src=x onerror=alert(1)><script>document.title='owned'</script>",
    "sql": "x'); DROP TABLE alert;--",
    "terminal": "\x1b]0;owned\x07\x1b[2J\x9b31mRED",
    "direction": "EVIL \u202eSDRAWKCAB\u202c \u2066x\u2069 \u200f",
    "long": "N" * 10_000,
    "surrogate": "half \ud83d and \udc00",
    "nul": "a\x00b",
    "markdown": "[click](http://example.com) **bold** | ![i](x) `code` # head",
    "not characters": "\ufffe\uffff\U0010ffff",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_does_nothing(records, text):
    watch = Watch(records)
    watch.begin(T - 100.0)
    evidence = Evidence(facts={text: text, "gap_h": 3.2}, coverage={text: 0.9}, path={A: ((T, 26.0, 127.0),)})
    bad = found(id=text, kind=text, because=f"{text} is silent", innocent=(text,), version=text, evidence=evidence)
    watch.take([([bad], (), T + 60.0)])
    watch.act(1, lambda book: actions.comment(book, 1, by(text), text[:2000]))
    watch.act(1, lambda book: actions.assign(book, 1, by(), text))
    watch.act(1, lambda book: actions.acknowledge(book, 1, by(), "other", text[:2000]))
    told = one(records)
    behaviour = told["behaviours"][0]
    log = [line[key] for line in told["log"] for key in ("text", "who")]
    shown = [told["because"], told["assigned"], told["note"], behaviour["kind"], *behaviour["innocent"]]
    shown += [*behaviour["evidence"]["facts"], *log]
    for piece in shown:
        assert piece == clean(piece, 3000)
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in piece)
        assert not set("\u202e\u202c\u2066\u2069\u200f") & set(piece)
        assert len(piece) <= 2100
    assert len(listed(records)) == 1
    check(records)
    with records.read() as connection:
        assert verify(connection).good
        document = as_markdown(handover(connection, 0.0, 4e9), text)
    assert "<" not in document.replace("\\<", "")
    assert "](" not in document


def test_plain_text_in_any_language_stays_as_it_is():
    for name in ("KAIYŌ MARU", "海洋丸", "ΑΓΙΟΣ ΝΙΚΟΛΑΟΣ", "İSTANBUL", "ירושלים", "القدس", "S/V L'Été 2", "🐟 & co"):
        assert clean(name) == name
