import sys

from sqlalchemy import create_engine, text


class Report:
    width: int = 20

    def __init__(self, title, *lines, footer="end"):
        self.title, self.lines, self.footer = title, list(lines), footer

    def __len__(self):
        return len(self.lines)

    def __iter__(self):
        yield from self.lines

    def __getitem__(self, index):
        return self.lines[index]

    def __contains__(self, word):
        return any(word in line for line in self)

    def __bool__(self):
        return bool(self.lines)


def main(argv):
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        rows = connection.execute(text("values ('alpha', 1), ('beta', 2)")).all()
    report = Report("numbers", *(f"{name}={value}" for name, value in rows))
    print(report.title.center(report.width, "-"))
    for line in report:
        print(line.rjust(report.width, "."))
    print(len(report), report[-1], report[0:1], "beta" in report, "gamma" in report, bool(Report("empty")))
    match rows[0]:
        case (str() as name, int(value)) if value == 1:
            print("first is", name)
        case _:
            print("something else")
    try:
        return 0 if report else 1
    finally:
        print(report.footer)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
