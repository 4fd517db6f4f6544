# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts from other sources: processed in linear time, masked before they are truncated, and safe to print on a terminal."""

from __future__ import annotations

import ast
import functools
import json
import os
import re
import signal

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils import _errors, _text
from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import validate_token
from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, invalid_options
from ansible_collections.katapult.cloud.plugins.module_utils._execute import Caller, execute
from ansible_collections.katapult.cloud.plugins.module_utils._http import api_url, response
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import RequestsTransport, Response
from ansible_collections.katapult.cloud.plugins.module_utils._schema import types
from ansible_collections.katapult.cloud.plugins.module_utils._text import redact

try:
    from re import _constants as constants
    from re import _parser as parser
except ImportError:  # before Python 3.11
    import sre_constants as constants
    import sre_parse as parser

PLUGINS = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 4, "plugins"))
MEGABYTE = 10**6


# Limited work


@pytest.fixture(name="bounded")
def fixture_bounded():
    """Fails the test after a minute: linear work takes milliseconds, and work that grows faster takes hours."""

    def too_long(number, frame):
        raise AssertionError("this takes more than its length")

    before = signal.signal(signal.SIGPROF, too_long)
    signal.setitimer(signal.ITIMER_PROF, 60)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def failure_of(status, body, headers=None, redact=_text.no_redaction):
    with pytest.raises(KatapultError) as failure:
        response.parse_response(Response(status, headers or {}, body), 0.0, redact)
    return failure.value


def described(text):
    return json.dumps(
        {"error": {"code": text, "description": text, "detail": {text: [text], "errors": [text]}}}
    ).encode()


# What each function that processes a text from another source searches for, to be repeated up to a megabyte
FUNCTIONS = {
    "visible": (_text.visible, ["\x1b", "\x1b[31m", "\u202e", "\ud800", "a"]),
    "cut": (lambda text: _text.presentable(text, str), ["…", "a", "\n"]),
    "redact": (lambda text: redact(text, ["token", "tok"]), ["t", "tok", "token", "toke"]),
    "text": (types.validate_string, [" ", "a", "\u200b", "a ", "\n"]),
    "id": (types.validate_id, ["a", "-", " ", "a-", "%"]),
    "token": (lambda text: _refused(validate_token, text), ["a", " ", "\x7f", "é"]),
    "address": (
        lambda text: _refused(api_url.validate_api_url, text),
        ["a", "@", "?", "#", "https://", ":", "/", "[", ".", "https://a@", "9", "?@", "-"],
    ),
    "fault": (lambda text: invalid_options(*[text] * 20).result(), ["a", "; ", "\x00"]),
    "page": (
        lambda text: failure_of(502, text.encode()),
        ["<title>", "<title> ", " ", "<", "<title></title>", "\n", "<TITLE>x", "a"],
    ),
    "begun page": (lambda text: failure_of(502, b"<title>" + text.encode()), [" ", "<", "a", "</title", "\t\n"]),
    "document": (
        lambda text: failure_of(500, text.encode()),
        ["[", "{", '{"a":', "[[],", '"', "\\", "9", "-", "{}", "1e", '{"error":'],
    ),
    "number": (
        lambda text: failure_of(500, b'{"error":{"code":"a","b":%s}}' % text.encode()),
        ["9", "1", "-9", "1.", "1e9"],
    ),
    "error": (
        lambda text: failure_of(422, described(text)),
        [
            "-----BEGIN ",
            "-----BEGIN A",
            "A",
            "-----BEGIN PRIVATE KEY-----",
            "-----END ",
            "PRIVATE KEY",
            "-",
            "{",
            "%",
            ".",
        ],
    ),
    "begun key": (
        lambda text: failure_of(422, described("-----BEGIN PRIVATE KEY-----" + text)),
        ["-----END ", "A ", "-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----"],
    ),
    "header": (
        lambda text: failure_of(429, b"", {"retry-after": text, "date": text, "x-request-id": text}),
        ["9", " ", "Fri, ", "(", ":", ";", "-", "1 "],
    ),
    "location": (
        lambda text: failure_of(302, b"", {"location": text}),
        ["/", ":", "[", "@", "a", "//", "%", "https://"],
    ),
    "request id": (lambda text: Response(200, {"x-request-id": text}, b"").request_id, ["a", "-", ".", " "]),
}


def _refused(check, text):
    with pytest.raises(KatapultError) as failure:
        check(text + "\x00")
    return failure.value.result()


@pytest.mark.parametrize(
    ("function", "piece"),
    [(function, piece) for function, pieces in FUNCTIONS.values() for piece in pieces],
    ids=["%s-%r" % (name, piece) for name, (_function, pieces) in FUNCTIONS.items() for piece in pieces],
)
def test_a_megabyte_of_the_searched_text_is_processed_in_linear_time(bounded, function, piece):
    function(piece * (MEGABYTE // len(piece)))


def test_many_errors_give_a_readable_message(bounded):
    detail = {"errors": ["Name %d is not good" % number for number in range(200000)]}
    body = json.dumps({"error": {"code": "validation_error", "description": "No.", "detail": detail}}).encode()
    result = failure_of(422, body).result()
    assert "Name 9 is not good; and 199990 more" in result["msg"] and len(result["msg"]) < 1000
    assert result["error"]["detail"]["errors"][99:] == ["Name 99 is not good", "and 199900 more"]


@pytest.mark.parametrize("lacking", ["a list", "y" * MEGABYTE])
def test_a_response_with_long_names_gives_a_short_message(bounded, lacking):
    result = _errors.malformed({"x" * MEGABYTE + str(number): 1 for number in range(20)}, lacking).result()
    assert len(json.dumps(result)) < 20000


def test_a_response_with_many_names_gives_a_short_message():
    assert "and 10 more)" in _errors.malformed({"x%d" % number: 1 for number in range(20)}, "a list").message


def test_an_error_with_many_parts_is_truncated(bounded):
    detail = {"a": [{"b%d" % number: ["c"] * 90 for number in range(90)}] * 90}
    body = json.dumps({"error": {"code": "odd", "detail": detail}}).encode()
    assert len(json.dumps(failure_of(422, body).result())) < 20000


def patterns():
    """Every regular expression in the plugins of the collection: its location and its pattern."""
    for folder, _folders, files in os.walk(PLUGINS):
        for name in files:
            path = os.path.join(folder, name)
            if not name.endswith(".py"):
                continue
            with open(path, encoding="utf-8") as stream:
                tree = ast.parse(stream.read())
            for node in ast.walk(tree):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                    continue
                if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
                    assert isinstance(node.args[0], ast.Constant), "%s:%d" % (path, node.lineno)
                    yield "%s:%d" % (os.path.relpath(path, PLUGINS), node.lineno), node.args[0].value


PATTERNS = list(patterns())
REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT)


def unbounded(parsed):
    """The unbounded repetitions directly in a parsed pattern."""
    return [operator in REPEATS and what[1] == constants.MAXREPEAT for operator, what in parsed]


def inner(what):
    """The parsed patterns in an operand, at any depth."""
    for part in what if isinstance(what, (list, tuple)) else ():
        if isinstance(part, parser.SubPattern):
            yield part
        elif isinstance(part, (list, tuple)):
            yield from inner(part)


def multiplies(parsed, repeated=False):
    """Whether a search may take more than linear time: nested or adjacent repetitions."""
    flags = unbounded(parsed)
    if (repeated and any(flags)) or any(left and right for left, right in zip(flags, flags[1:])):
        return True
    return any(
        multiplies(part, repeated or flag) for (_operator, what), flag in zip(parsed, flags) for part in inner(what)
    )


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("a+", False), ("a+b+", True), ("(a+)+", True), ("(a+b?)*", True), (r"\s*[^<]*?x", True), ("a{1,9}b+", False)],
)
def test_the_check_of_patterns_detects_them(pattern, expected):
    assert multiplies(parser.parse(pattern)) is expected


@pytest.mark.parametrize(("place", "pattern"), PATTERNS, ids=[place for place, _pattern in PATTERNS])
def test_no_pattern_has_nested_or_adjacent_repetitions(place, pattern):
    assert not multiplies(parser.parse(pattern))


# Masked before truncation

TOKEN = "tok-0123456789-abcdefghijklmnopqrstuvwxyz"


def given_error(text):
    return failure_of(422, described(text), redact=functools.partial(redact, secrets=[TOKEN]))


SPOKEN = {
    "error": given_error,
    "page": lambda text: failure_of(
        502, b"<title>%s</title>" % text.encode(), redact=functools.partial(redact, secrets=[TOKEN])
    ),
    "task": lambda text: invalid_options("name %s is odd" % text),
    "refusal": lambda text: _errors.TaskRefused("It is %s." % text, "odd"),
    "keys": lambda text: _errors.malformed({text: 1}, "a list"),
    "redirect": lambda text: failure_of(302, b"", {"location": "https://a.example/%s" % text}),
}


@pytest.mark.parametrize("place", SPOKEN)
@pytest.mark.parametrize("before", [*range(60, 160, 7), *range(1960, 2010, 7), *range(3960, 4010, 7), 300])
def test_no_part_of_a_token_remains_where_a_text_is_truncated(place, before):
    def run(*_options):
        raise SPOKEN[place]("x" * before + TOKEN + "y" * 5000)

    params = {"api_token": TOKEN, "api_url": "https://a.example", "api_timeout": 1, "api_retry_timeout": 0}
    params.update(validate_certs=True, organization=None)
    outcome = execute(run, params, [TOKEN], RequestsTransport, Caller(False, False, lambda line: None))
    assert outcome.failed
    shown = json.dumps(outcome.result)
    assert "tok-" not in shown and "uvwxyz" not in shown and not re.search("[0-9]{3,}-?ab|xt[^x]{0,3}…", shown)


@pytest.mark.parametrize("before", range(1950, 2010, 7))
def test_no_part_of_a_token_remains_in_a_truncated_warning(before):
    def run(*_options):
        return Result(False, {}, None, ("x" * before + TOKEN + "y" * 9000,))

    params = {"api_token": TOKEN, "api_url": "https://a.example", "api_timeout": 1, "api_retry_timeout": 0}
    params.update(validate_certs=True, organization=None)
    (warning,) = execute(run, params, [TOKEN], RequestsTransport, Caller(False, False, lambda line: None)).warnings
    assert len(warning) < 5000 and not {"tok", "xyz"}.intersection([warning[at : at + 3] for at in range(len(warning))])


# On a terminal

SLY = "\x1b[31m\x1b]0;title\x07\x9b2J\r\n\x08\u202e\u2028\x7f"


def test_control_characters_are_escaped():
    assert _text.visible("\x1b[31m\x9b\n\u202e\ud800") == "\\x1b[31m\\x9b\\n\\u202e\\ud800"
    assert _text.visible("Zoë 👩‍👩‍👧 naïve\u00a0日本 \\x1b") == "Zoë 👩‍👩‍👧 naïve\u00a0日本 \\x1b"


@pytest.mark.parametrize("place", SPOKEN)
def test_a_message_contains_no_control_characters(place):
    message = SPOKEN[place](SLY).redacted_message(_text.no_redaction)
    assert _text.visible(message) == message and (place in ("keys",) or "\\x1b" in message)


def test_a_line_about_a_request_contains_no_control_characters():
    lines = []

    def run(params, organization, client, write):
        raise KatapultError(SLY, _errors.ErrorDetails(SLY))

    def connect(*_options):
        def send(*_request):
            raise _errors.TransportError(SLY, _errors.ErrorDetails(SLY))

        return send

    params = {"api_token": TOKEN, "api_url": "https://a.example", "api_timeout": 1, "api_retry_timeout": 0}
    params.update(validate_certs=True, organization=None)
    execute(lambda *task: task[2].request("GET", "/x"), params, [TOKEN], connect, Caller(False, False, lines.append))
    assert lines and all(_text.visible(line) == line for line in lines)


def test_return_values_are_unchanged():
    result = failure_of(422, described(SLY.replace("\u2028", ""))).result()
    assert result["error"]["description"] == SLY.replace("\u2028", "")


@pytest.mark.parametrize("place", SPOKEN)
@pytest.mark.parametrize("piece", ["\x1b", "\u202e", "x", "\ud800"])
def test_a_failure_has_the_length_that_the_error_guide_documents(place, piece):
    failure = (
        SPOKEN[place](piece * 70000) if piece != "\ud800" or place not in ("page",) else SPOKEN[place]("x" * 70000)
    )
    result = failure.result()
    assert len(result["msg"]) <= 4000 and len(result["error"]["description"] or "") <= 2000
    assert _text.visible(result["msg"]) == result["msg"]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b'{"a": "\\ud800half"}', {"a": "?half"}),
        (b'{"\\uDC00": ["\\uD83D"]}', {"?": ["?"]}),
        (b'{"a": "\\ud83d\\ude80"}', {"a": "\U0001f680"}),
        (b'{"a": "\\\\ud800"}', {"a": "\\ud800"}),
        (b'{"a": 1.5, "b": [1, null, "\\udfff"]}', {"a": 1.5, "b": [1, None, "?"]}),
    ],
)
def test_a_lone_surrogate_in_a_response_is_read_as_a_question_mark(sent, read):
    assert Response(200, {}, sent).json() == read


def test_each_long_line_of_a_secret_with_several_lines_is_masked():
    secret = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nshort\n-----END PRIVATE KEY-----\n"
    masked = _text.redactor([secret])("rejected: MIIEvQIBADANBgkqhkiG9w0B, short, -----BEGIN PRIVATE KEY-----")
    assert "MIIEvQ" not in masked and "short" in masked and "-----BEGIN PRIVATE KEY-----" in masked
    assert _text.redactor([secret])("x%sy" % secret) == "x********y"


@pytest.mark.parametrize("chance", ["8", "true", "False", "yes", "abcd", "started"])
def test_a_secret_that_occurs_in_other_texts_by_chance_is_not_masked(chance):
    shown = {"id": "vm_8", "state": "started", "purge": "true", "names": ["abcdef", "yes"], "text": "False"}
    assert _text.redactor([chance])(shown) == shown
    assert _text.redactor([chance, "planted-secret"])("a planted-secret") == "a ********"
