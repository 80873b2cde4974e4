"""How libc lays out what recvmmsg and sendmmsg are told (Linux, 64 bit)."""

from ctypes import Structure, c_int, c_size_t, c_uint, c_void_p


class Piece(Structure):
    """`struct iovec`."""

    _fields_ = (("base", c_void_p), ("length", c_size_t))


class Message(Structure):
    """`struct mmsghdr`."""

    _fields_ = (
        ("name", c_void_p),
        ("name_length", c_uint),
        ("pieces", c_void_p),
        ("piece_count", c_size_t),
        ("control", c_void_p),
        ("control_length", c_size_t),
        ("flags", c_int),
        ("_", c_int),
        ("length", c_uint),
        ("_end", c_int),
    )
