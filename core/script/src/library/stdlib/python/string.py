import re

whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (sep or " ").join(part.capitalize() for part in s.split(sep))


class Template:
    delimiter = "$"
    idpattern = "(?a:[_a-z][_a-z0-9]*)"
    flags = re.IGNORECASE

    def __init__(self, template):
        self.template = template

    def _fill(self, mapping, strict):
        mark, name = re.escape(self.delimiter), self.idpattern
        pattern = re.compile(rf"{mark}(?:(?P<escaped>{mark})|(?P<named>{name})|{{(?P<braced>{name})}}|(?P<invalid>))",
                             self.flags)

        def replace(match):
            key = match["named"] or match["braced"]
            if key is not None:
                if strict or key in mapping:
                    return str(mapping[key])
                return match.group()
            if match["escaped"] is not None:
                return self.delimiter
            if not strict:
                return match.group()
            lines = self.template[:match.start()].splitlines(keepends=True)
            line = len(lines) or 1
            column = match.start() - len("".join(lines[:-1])) + (1 if lines else 1)
            raise ValueError(f"Invalid placeholder in string: line {line}, col {column}")
        return pattern.sub(replace, self.template)

    def substitute(self, mapping={}, /, **kws):
        return self._fill({**mapping, **kws}, True)

    def safe_substitute(self, mapping={}, /, **kws):
        return self._fill({**mapping, **kws}, False)

    def get_identifiers(self):
        found = re.findall(rf"\$(?:\{{)?({self.idpattern})", self.template.replace("$$", ""), self.flags)
        return list(dict.fromkeys(found))


class Formatter:
    def format(self, format_string, /, *args, **kwargs):
        return format_string.format(*args, **kwargs)

    def vformat(self, format_string, args, kwargs):
        return format_string.format(*args, **kwargs)
