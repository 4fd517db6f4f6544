# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each listed deviation occurs where the list says it does, and has a reason."""

from __future__ import annotations

import pytest
from exceptions import DEVIATIONS, REQUESTS, RESPONSES
from judge import request_problems, response_problems

CASES = [(deviation, seen) for deviation in DEVIATIONS for seen in deviation.seen]


@pytest.fixture(scope="session", name="sent")
def fixture_sent(judged_by, traffic):
    pairs = [(judged_by(one), one) for one in traffic if judged_by(one)]
    return {
        REQUESTS: {problem for document, one in pairs for problem in request_problems(document, one)},
        RESPONSES: {problem for document, one in pairs if one.own for problem in response_problems(document, one)},
    }


@pytest.mark.parametrize(("deviation", "seen"), CASES, ids=["%s %s" % (one.problem.where, seen) for one, seen in CASES])
def test_a_listed_deviation_occurs(document_of, sent, deviation, seen):
    document_of(deviation.newer)
    assert deviation.problem in sent[seen], "This deviation no longer occurs: remove it from the list."
    assert deviation.reason.endswith(".")


def test_no_deviation_is_listed_twice(record_testsuite_property):
    record_testsuite_property("exceptions", len(DEVIATIONS))
    assert len({deviation.problem for deviation in DEVIATIONS}) == len(DEVIATIONS)
