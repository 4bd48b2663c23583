from collections import namedtuple

__all__ = ["quote", "quote_plus", "unquote", "unquote_plus", "urlencode", "urlparse", "urlunparse", "urlsplit",
           "urlunsplit", "urljoin", "parse_qs", "parse_qsl", "quote_from_bytes", "unquote_to_bytes"]

_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~".encode())


def quote_from_bytes(bs, safe="/"):
    allowed = _SAFE | frozenset(safe.encode("ascii") if isinstance(safe, str) else safe)
    return "".join(chr(byte) if byte in allowed else f"%{byte:02X}" for byte in bs)


def quote(string, safe="/", encoding=None, errors=None):
    if isinstance(string, str):
        string = string.encode(encoding or "utf-8")
    elif not isinstance(string, bytes):
        raise TypeError("quote_from_bytes() expected bytes")
    return quote_from_bytes(string, safe)


def quote_plus(string, safe="", encoding=None, errors=None):
    space = " " if isinstance(string, str) else b" "
    if space not in string:
        return quote(string, safe, encoding, errors)
    return quote(string, safe + " ", encoding, errors).replace(" ", "+")


def unquote_to_bytes(string):
    parts = (string.encode() if isinstance(string, str) else bytes(string)).decode("latin-1").split("%")
    out = [parts[0].encode("latin-1")]
    for part in parts[1:]:
        try:
            if len(part[:2]) < 2:
                raise ValueError
            out.append(bytes([int(part[:2], 16)]) + part[2:].encode("latin-1"))
        except ValueError:
            out.append(b"%" + part.encode("latin-1"))
    return b"".join(out)


def unquote(string, encoding="utf-8", errors="replace"):
    if isinstance(string, bytes):
        return unquote_to_bytes(string).decode(encoding, errors)
    if "%" not in string:
        return string
    return unquote_to_bytes(string).decode(encoding, errors)


def unquote_plus(string, encoding="utf-8", errors="replace"):
    return unquote(string.replace("+", " "), encoding, errors)


def urlencode(query, doseq=False, safe="", encoding=None, errors=None, quote_via=quote_plus):
    def text(value):
        return quote_via(value if isinstance(value, (str, bytes)) else str(value), safe)
    pairs = []
    for key, value in query.items() if hasattr(query, "items") else query:
        values = value if doseq and not isinstance(value, (str, bytes)) and hasattr(value, "__iter__") else [value]
        pairs.extend(f"{text(key)}={text(item)}" for item in values)
    return "&".join(pairs)


_WITH_PARAMS = ("", "ftp", "hdl", "prospero", "http", "https", "shttp", "rtsp", "rtspu", "sip", "sips", "mms", "sftp",
                "tel")


class _Net:
    @property
    def _host(self):
        return self.netloc.rpartition("@")[2]

    @property
    def username(self):
        user, at, _ = self.netloc.rpartition("@")
        return user.partition(":")[0] if at else None

    @property
    def password(self):
        user, at, _ = self.netloc.rpartition("@")
        _, colon, password = user.partition(":")
        return password if colon else None

    @property
    def hostname(self):
        host = self._host
        host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
        return host.lower() or None

    @property
    def port(self):
        port = self._host.rpartition("]")[2].partition(":")[2]
        if not port:
            return None
        if not (port.isdigit() and port.isascii()):
            raise ValueError(f"Port could not be cast to integer value as {port!r}")
        if not 0 <= int(port) <= 65535:
            raise ValueError("Port out of range 0-65535")
        return int(port)


class SplitResult(namedtuple("SplitResult", "scheme netloc path query fragment"), _Net):
    __slots__ = ()

    def geturl(self):
        return urlunsplit(self)


class ParseResult(namedtuple("ParseResult", "scheme netloc path params query fragment"), _Net):
    __slots__ = ()

    def geturl(self):
        return urlunparse(self)


def urlsplit(url, scheme="", allow_fragments=True):
    netloc = query = fragment = ""
    at = url.find(":")
    if at > 0 and url[0].isascii() and url[0].isalpha() and all(
            c.isascii() and c.isalnum() or c in "+-." for c in url[:at]):
        scheme, url = url[:at].lower(), url[at + 1:]
    if url[:2] == "//":
        end = min((url.find(c, 2) for c in "/?#" if url.find(c, 2) >= 0), default=len(url))
        netloc, url = url[2:end], url[end:]
        if ("[" in netloc) != ("]" in netloc):
            raise ValueError("Invalid IPv6 URL")
    if allow_fragments:
        url, _, fragment = url.partition("#")
    url, _, query = url.partition("?")
    return SplitResult(scheme, netloc, url, query, fragment)


def urlparse(url, scheme="", allow_fragments=True):
    scheme, netloc, path, query, fragment = urlsplit(url, scheme, allow_fragments)
    params = ""
    last = path.rfind("/") + 1
    if scheme in _WITH_PARAMS and ";" in path[last:]:
        head, _, params = path[last:].partition(";")
        path = path[:last] + head
    return ParseResult(scheme, netloc, path, params, query, fragment)


def urlunsplit(components):
    scheme, netloc, path, query, fragment = components
    if netloc or path[:2] == "//":
        if path and path[:1] != "/":
            path = "/" + path
        path = "//" + netloc + path
    return ((scheme + ":" if scheme else "") + path + ("?" + query if query else "")
            + ("#" + fragment if fragment else ""))


def urlunparse(components):
    scheme, netloc, path, params, query, fragment = components
    return urlunsplit((scheme, netloc, f"{path};{params}" if params else path, query, fragment))


def urljoin(base, url, allow_fragments=True):
    if not base or not url:
        return url or base
    b, u = urlsplit(base), urlsplit(url)
    if u.scheme and u.scheme != b.scheme:
        return url
    if u.netloc:
        return urlunsplit((b.scheme, *u[1:]))
    if not u.path:
        return urlunsplit((b.scheme, b.netloc, b.path, u.query or b.query, u.fragment))
    names = u.path.split("/") if u.path.startswith("/") else b.path.split("/")[:-1] + u.path.split("/")
    kept = []
    for name in names:
        if name == "..":
            if len(kept) > 1:
                kept.pop()
        elif name != ".":
            kept.append(name)
    if names[-1] in (".", ".."):
        kept.append("")
    return urlunsplit((b.scheme, b.netloc, "/".join(kept), u.query, u.fragment))


def parse_qsl(qs, keep_blank_values=False, strict_parsing=False, encoding="utf-8", errors="replace",
              max_num_fields=None, separator="&"):
    found = []
    for pair in qs.split(separator) if qs else ():
        name, equals, value = pair.partition("=")
        if not pair and not strict_parsing:
            continue
        if not equals and strict_parsing:
            raise ValueError(f"bad query field: {pair!r}")
        if value or keep_blank_values:
            found.append((unquote_plus(name), unquote_plus(value)))
    return found


def parse_qs(qs, keep_blank_values=False, strict_parsing=False, **kwargs):
    found = {}
    for name, value in parse_qsl(qs, keep_blank_values, strict_parsing, **kwargs):
        found.setdefault(name, []).append(value)
    return found
