# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The API token."""

from __future__ import annotations

from ansible_collections.katapult.cloud.plugins.module_utils._errors import invalid_options


def validate_token(token: str | None) -> str:
    """The token, once it is certain that it can stand in a header. Its value is never shown.

    :raises TaskRefused: there is none, or it holds what no token holds.
    """
    if not token:
        raise invalid_options(
            "there is no API token: set api_token, or one of the environment variables KATAPULT_API_TOKEN and"
            " KATAPULT_API_KEY on the host that runs the task; an empty value counts as none"
        )
    if not all("!" <= letter <= "~" for letter in token):
        raise invalid_options(
            "the API token holds a space, a line break or another character that no token holds: look for a line break"
            " at its end, or for a template that was not filled in"
        )
    return token
