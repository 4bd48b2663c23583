import calendar
import csv
import io
import urllib.parse
from urllib.parse import quote_plus, urlencode, urlparse

print(quote_plus("p@ss w/ord:é+"), urllib.parse.quote("a b/c?d=é"), urllib.parse.quote("x y", safe=""), urllib.parse.unquote("a%20b%2Fc%C3%A9%zz"), urllib.parse.unquote_plus("a+b%2B"))
print(urlencode({"a": 1, "b": "x y", "c": None}), urlencode([("k", [1, 2])], doseq=True), urllib.parse.parse_qs("a=1&b=2&a=3&c="), urllib.parse.parse_qsl("x=%20y&z", keep_blank_values=True))
url = urlparse("postgresql+psycopg2://scott:ti%20ger@Host.example:5432/db;p?key=val&x=1#frag")
print(url, url.hostname, url.port, url.username, url.password, url.geturl(), url.path)
print(urllib.parse.urlsplit("sqlite:///file.db"), urllib.parse.urljoin("http://a/b/c", "../d?x=1"), urllib.parse.urljoin("http://a/b/", "/z"), urlparse("//h/p").netloc, url._replace(scheme="x").geturl())
text = 'id,name,note\r\n1,"Ann, B.","said ""hi"""\r\n2,Bob,\r\n3,"two\nlines",x\r\n'
print(list(csv.reader(io.StringIO(text))), list(csv.DictReader(io.StringIO(text)))[1])
out = io.StringIO()
writer = csv.writer(out)
writer.writerow(["a", 'q"x', "c,d", None, 1.5, True, "line\nbreak"])
writer.writerows([[1, 2], [""], []])
print(repr(out.getvalue()))
out = io.StringIO()
rows = csv.DictWriter(out, ["x", "y"], lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
rows.writeheader()
rows.writerow({"x": 1, "y": "two"})
print(repr(out.getvalue()), list(csv.reader(["a;b", "c;d"], delimiter=";")), list(csv.reader(["1,'a,b'"], quotechar="'")))
for attempt in [lambda: rows.writerow({"z": 1}), lambda: csv.writer(out).writerow(5), lambda: urlparse("http://h:x/").port, lambda: calendar.monthrange(2024, 13)]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
print(calendar.monthrange(2024, 2), calendar.isleap(1900), calendar.monthcalendar(2024, 5)[0], calendar.day_name[0], calendar.month_abbr[5], calendar.timegm((1970, 1, 2, 0, 0, 1)))
print(calendar.month(2024, 5))
