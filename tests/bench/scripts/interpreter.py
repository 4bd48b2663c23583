"""What the interpreter does without a database: calls, a loop, instances.

Prints as `phases.py` does: `phase NAME MICROSECONDS SUM`.
"""

from time import perf_counter


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def loop():
    total = 0
    for number in range(100_000):
        if number % 3 == 0:
            total += number
        else:
            total -= 1
    return total


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def instances():
    points = [Point(number, y=number + 1) for number in range(10_000)]
    return sum(point.x + point.y for point in points)


def phase(name, work):
    print("start", name)
    started = perf_counter()
    total = work()
    micros = (perf_counter() - started) * 1_000_000
    print("phase", name, round(micros), total)


phase("fib(24)", lambda: fib(24))
phase("loop", loop)
phase("instances", instances)
