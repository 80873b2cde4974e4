"""What may be shown of a personal value: enough to recognise it, too little to use it."""


def mask_name(name: str) -> str:
    """王勘验 → 王**; the family name stays."""
    name = name.strip()
    return name[:1] + "*" * max(len(name) - 1, 0)


def mask_phone(phone: str) -> str:
    """13800001234 → 138****1234."""
    return _keep(phone.strip(), 3, 4)


def mask_id(number: str) -> str:
    """An identity card number: 370***********1234 (first three and last four stay)."""
    return _keep(number.strip(), 3, 4)


def mask_credit_code(code: str) -> str:
    """统一社会信用代码: first four and last four of eighteen stay."""
    return _keep(code.strip(), 4, 4)


def mask_address(address: str) -> str:
    """Keep the district part (six characters at most, never more than half), hide the door."""
    address = address.strip()
    return _keep(address, min(6, len(address) // 2), 0)


def _keep(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        # Too short to show both ends without showing all of it.
        return text[:1] + "*" * max(len(text) - 1, 0)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]
