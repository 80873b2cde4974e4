"""How long ways in live and how often they may be tried."""

from datetime import timedelta

LINK_LIFETIME = timedelta(days=30)
SESSION_LIFETIME = timedelta(days=60)  # a rectification may take weeks

SIGN_IN_WINDOW = timedelta(minutes=15)
SIGN_IN_PER_NAME = 5
# A whole bureau may sit behind one address: more room than per name, still no guessing machine.
SIGN_IN_PER_ADDRESS = 20

RESEND_WINDOW = timedelta(hours=1)
RESEND_LIMIT = 3


def too_many_attempts(*, for_name: int, for_address: int) -> bool:
    """Whether one more wrong try is one too many; the counts include the present try."""
    return for_name > SIGN_IN_PER_NAME or for_address > SIGN_IN_PER_ADDRESS
