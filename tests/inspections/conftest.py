import pytest

from tests.inspections.cast import Cast, gather


@pytest.fixture
def cast(db: None, settings) -> Cast:  # type: ignore[no-untyped-def]
    # The slow hash is Django's own business; ours is what happens around it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return gather()
