__all__ = ["reader", "writer", "DictReader", "DictWriter", "QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC",
           "QUOTE_NONE", "Error", "Dialect", "excel", "excel_tab", "unix_dialect", "list_dialects",
           "register_dialect"]

QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE = range(4)


class Error(Exception):
    pass


class Dialect:
    delimiter, quotechar, escapechar = ",", '"', None
    doublequote, skipinitialspace, lineterminator = True, False, "\r\n"
    quoting, strict = QUOTE_MINIMAL, False


class excel(Dialect):
    pass


class excel_tab(Dialect):
    delimiter = "\t"


class unix_dialect(Dialect):
    quoting, lineterminator = QUOTE_ALL, "\n"


_dialects = {"excel": excel, "excel-tab": excel_tab, "unix": unix_dialect}


def list_dialects():
    return list(_dialects)


def register_dialect(name, dialect=excel, **fmtparams):
    _dialects[name] = _dialect(dialect, fmtparams)


def get_dialect(name):
    if name not in _dialects:
        raise Error("unknown dialect")
    return _dialects[name]


def _dialect(dialect, options):
    base = get_dialect(dialect) if isinstance(dialect, str) else dialect or excel
    made = type("Dialect", (Dialect,), {})()
    for name in ("delimiter", "quotechar", "escapechar", "doublequote", "skipinitialspace", "lineterminator",
                 "quoting", "strict"):
        setattr(made, name, options.pop(name) if name in options else getattr(base, name))
    if options:
        raise TypeError(f"{next(iter(options))!r} is an invalid keyword argument for this function")
    if not isinstance(made.delimiter, str) or len(made.delimiter) != 1:
        raise TypeError('"delimiter" must be a 1-character string')
    return made


class reader:
    def __init__(self, csvfile, dialect="excel", **fmtparams):
        self._lines, self.dialect, self.line_num = iter(csvfile), _dialect(dialect, fmtparams), 0

    def __iter__(self):
        return self

    def __next__(self):
        d, row, field = self.dialect, [], []
        quoted = inside = started = False

        def finish():
            text = "".join(field)
            if d.quoting == QUOTE_NONNUMERIC and not quoted:
                text = float(text) if text else text
            row.append(text)
        while True:
            line = next(self._lines, None)
            if line is None:
                if not started:
                    raise StopIteration
                if d.strict:
                    raise Error("unexpected end of data")
                finish()
                return row
            if not isinstance(line, str):
                raise Error(f"iterator should return strings, not {type(line).__name__} "
                            "(the file should be opened in text mode)")
            self.line_num += 1
            started, at = True, 0
            while at < len(line):
                c = line[at]
                at += 1
                if inside:
                    if d.escapechar and c == d.escapechar and at < len(line):
                        field.append(line[at])
                        at += 1
                    elif c != d.quotechar:
                        field.append(c)
                    elif d.doublequote and line[at:at + 1] == d.quotechar:
                        field.append(c)
                        at += 1
                    else:
                        inside = False
                elif c in "\r\n":
                    break
                elif c == d.delimiter:
                    finish()
                    field, quoted = [], False
                elif c == d.quotechar and not field and not quoted and d.quoting != QUOTE_NONE:
                    inside = quoted = True
                elif c == " " and d.skipinitialspace and not field and not quoted:
                    pass
                elif d.escapechar and c == d.escapechar and at < len(line):
                    field.append(line[at])
                    at += 1
                else:
                    field.append(c)
            if not inside:
                if row or field or quoted:
                    finish()
                return row


class writer:
    def __init__(self, csvfile, dialect="excel", **fmtparams):
        self._write, self.dialect = csvfile.write, _dialect(dialect, fmtparams)

    def _field(self, value, alone):
        d = self.dialect
        text = "" if value is None else value if isinstance(value, str) else str(value)
        special = any(c in text for c in (d.delimiter, d.quotechar or "", *"\r\n") if c) or alone and not text
        if d.quoting == QUOTE_NONE:
            if not special:
                return text
            if not d.escapechar:
                raise Error("single empty field record must be quoted" if alone and not text
                            else "need to escape, but no escapechar set")
            return "".join(d.escapechar + c if c in (d.delimiter, d.quotechar, d.escapechar, "\r", "\n") else c
                           for c in text)
        if not (special or d.quoting == QUOTE_ALL or d.quoting == QUOTE_NONNUMERIC
                and not isinstance(value, (int, float))):
            return text
        return d.quotechar + text.replace(d.quotechar, d.quotechar * 2) + d.quotechar

    def writerow(self, row):
        if not hasattr(row, "__iter__"):
            raise Error(f"iterable expected, not {type(row).__name__}")
        row = list(row)
        return self._write(self.dialect.delimiter.join([self._field(value, len(row) == 1) for value in row])
                           + self.dialect.lineterminator)

    def writerows(self, rows):
        for row in rows:
            self.writerow(row)


class DictReader:
    def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect="excel", *args, **kwds):
        self._fieldnames, self.restkey, self.restval = fieldnames, restkey, restval
        self.reader = reader(f, dialect, *args, **kwds)

    @property
    def fieldnames(self):
        if self._fieldnames is None:
            self._fieldnames = next(self.reader, None)
        return self._fieldnames

    line_num = property(lambda self: self.reader.line_num)

    def __iter__(self):
        return self

    def __next__(self):
        names = self.fieldnames
        row = next(self.reader)
        while not row:
            row = next(self.reader)
        made = dict(zip(names, row))
        if len(row) > len(names):
            made[self.restkey] = row[len(names):]
        for name in names[len(row):]:
            made[name] = self.restval
        return made


class DictWriter:
    def __init__(self, f, fieldnames, restval="", extrasaction="raise", dialect="excel", *args, **kwds):
        if extrasaction.lower() not in ("raise", "ignore"):
            raise ValueError(f"extrasaction ({extrasaction}) must be 'raise' or 'ignore'")
        self.fieldnames, self.restval, self.extrasaction = fieldnames, restval, extrasaction.lower()
        self.writer = writer(f, dialect, *args, **kwds)

    def _row(self, rowdict):
        if self.extrasaction == "raise":
            wrong = [key for key in rowdict if key not in self.fieldnames]
            if wrong:
                raise ValueError("dict contains fields not in fieldnames: " + ", ".join(repr(key) for key in wrong))
        return (rowdict.get(key, self.restval) for key in self.fieldnames)

    def writeheader(self):
        return self.writerow(dict(zip(self.fieldnames, self.fieldnames)))

    def writerow(self, rowdict):
        return self.writer.writerow(self._row(rowdict))

    def writerows(self, rowdicts):
        for rowdict in rowdicts:
            self.writerow(rowdict)
