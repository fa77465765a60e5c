"""What can stop a backup or a restore.

UpkeepRefused           nothing was changed; the sentence says what to do
"""

from __future__ import annotations


class UpkeepRefused(Exception):
    """It was not done, and nothing was changed; the message is a sentence for the operator."""
