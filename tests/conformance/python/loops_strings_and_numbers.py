from sqlalchemy import create_engine, text


def fibonacci(limit):
    a, b = 0, 1
    while a < limit:
        yield a
        a, b = b, a + b


def describe(n):
    if n < 2:
        return "small"
    for divisor in range(2, int(n**0.5) + 1):
        if n % divisor == 0:
            break
    else:
        return "prime"
    return f"{divisor} x {n // divisor}"


class Matrix:
    def __init__(self, rows):
        self.rows = rows

    def __matmul__(self, other):
        columns = list(zip(*other.rows))
        return Matrix([[sum(x * y for x, y in zip(row, column)) for column in columns] for row in self.rows])

    def __eq__(self, other):
        return isinstance(other, Matrix) and self.rows == other.rows

    def __str__(self):
        return "\n".join(" ".join(f"{value:3d}" for value in row) for row in self.rows)


numbers = list(fibonacci(100))
print(numbers, sum(numbers), max(numbers), numbers[-3:], numbers[::4])
print({n: describe(n) for n in numbers if n > 3})
print(Matrix([[1, 2], [3, 4]]) @ Matrix([[0, 1], [1, 0]]))
print(2**100, -7 // 2, -7 % 3, 7 / 2, 1e16, 0.1 + 0.2, round(2.5), divmod(17, 5), 0xFF, 1_000)
print("%s has %d rows, %.1f%% of %r" % ("t", 3, 37.5, "all"), "{:>8}|{:<6}|{:^7}".format("a", "b", "c"))
print("a,b,,c".split(","), " x ".strip(), "Title Case".swapcase(), "abc".replace("b", "--"), "x" * 3, "é".encode())
print(sorted({"b": 2, "a": 1}.items()), [*"abc"], {**{"x": 1}, "y": 2}, (1,), [], {}, set(), None, True)
try:
    value = int("12") + int("x")
except ValueError as error:
    print("caught", error)
else:
    print("not reached")
finally:
    print("always")

engine = create_engine("sqlite://")
with engine.connect() as connection:
    values = connection.execute(text("select 7, 2.5, 'text', null, 9007199254740993, 1e300 * 10")).one()
    print(values, [type(value).__name__ for value in values])
    print(connection.execute(text("select :a + :b, :word || '!'"), {"a": 1, "b": 2.5, "word": "hey"}).one())
    connection.execute(text("select :n"), {"n": 2**70})
