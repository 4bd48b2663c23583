__all__ = ["b64encode", "b64decode", "urlsafe_b64encode", "urlsafe_b64decode", "standard_b64encode",
           "standard_b64decode", "b32encode", "b32decode", "b16encode", "b16decode", "encodebytes", "decodebytes"]

_64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Error(ValueError):
    pass


Error.__module__ = "binascii"


def _bytes(s):
    if isinstance(s, str):
        try:
            return s.encode("ascii")
        except UnicodeEncodeError:
            raise ValueError("string argument should contain only ASCII characters") from None
    return bytes(s)


def b64encode(s, altchars=None):
    if isinstance(s, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    alphabet = _64[:62] + altchars if altchars else _64
    out = []
    for at in range(0, len(s), 3):
        part = s[at:at + 3]
        number = int.from_bytes(part, "big") << 8 * (3 - len(part))
        digits = [alphabet[number >> shift & 63] for shift in (18, 12, 6, 0)]
        out.extend(digits[:len(part) + 1] + [61] * (3 - len(part)))
    return bytes(out)


def b64decode(s, altchars=None, validate=False):
    s = _bytes(s)
    alphabet = _64[:62] + _bytes(altchars) if altchars else _64
    places = {letter: at for at, letter in enumerate(alphabet)}
    out, number, count, pads = [], 0, 0, 0
    for letter in s:
        if letter == 61:
            pads += 1
            if count % 4 >= 2 and count % 4 + pads >= 4:
                break
            continue
        value = places.get(letter)
        if value is None:
            if validate:
                raise Error("Only base64 data is allowed")
            continue
        pads = 0
        number = number << 6 | value
        count += 1
        if count % 4 == 0:
            out.extend(number.to_bytes(3, "big"))
            number = 0
    left = count % 4
    if left == 1:
        raise Error(f"Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a "
                    "multiple of 4")
    if left:
        if left + pads < 4:
            raise Error("Incorrect padding")
        out.extend((number >> (4 if left == 2 else 2)).to_bytes(left - 1, "big"))
    return bytes(out)


standard_b64encode, standard_b64decode = b64encode, b64decode


def urlsafe_b64encode(s):
    return b64encode(s, b"-_")


def urlsafe_b64decode(s):
    return b64decode(s, b"-_")


def b32encode(s):
    out = []
    for at in range(0, len(s), 5):
        part = s[at:at + 5]
        number = int.from_bytes(part, "big") << 8 * (5 - len(part))
        digits = [_32[number >> shift & 31] for shift in range(35, -1, -5)]
        used = (len(part) * 8 + 4) // 5
        out.extend(digits[:used] + [61] * (8 - used))
    return bytes(out)


def b32decode(s, casefold=False, map01=None):
    s = _bytes(s)
    if len(s) % 8:
        raise Error("Incorrect padding")
    if casefold:
        s = s.decode().upper().encode()
    digits = s.decode().rstrip("=").encode()
    number = 0
    for digit in digits:
        if digit not in _32:
            raise Error("Non-base32 digit found")
        number = number << 5 | list(_32).index(digit)
    size = len(digits) * 5 // 8
    return (number >> len(digits) * 5 - size * 8).to_bytes(size, "big")


def b16encode(s):
    return bytes(s).hex().upper().encode()


def b16decode(s, casefold=False):
    s = _bytes(s).decode()
    s = s.upper() if casefold else s
    if any(c not in "0123456789ABCDEF" for c in s):
        raise Error("Non-base16 digit found")
    return bytes.fromhex(s)


def encodebytes(s):
    return b"".join(b64encode(s[at:at + 57]) + b"\n" for at in range(0, len(s), 57))


def decodebytes(s):
    return b64decode(s)
