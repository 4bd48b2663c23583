total = 0
for i in range(1000):
    if i % 15 == 0: continue
    if i > 500: break
    total += i
else: print("no break")
print(total, i)
for i in range(10, 0, -3): print(i, end=" ")
print()
n = 27; steps = 0
while n != 1:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps += 1
print(steps)
grid = [[r * c for c in range(4)] for r in range(4)]
for row in grid: print(" ".join(f"{v:2}" for v in row))
found = next((x for x in range(100) if x * x > 50), None); print(found)
primes = [p for p in range(2, 50) if all(p % q for q in range(2, int(p ** 0.5) + 1))]; print(primes)
def outer():
    for a in range(3):
        for b in range(3):
            if b == 2: break
            if a == 1: continue
            yield a, b
print(list(outer()))
i = 0
while True:
    i += 1
    try:
        if i == 3: continue
        if i == 5: break
    finally: print("f", i)
it = iter([1, 2, 3])
for x in it:
    print(x, next(it, None))
x = [1, 2, 3, 4]
for v in x[:]:
    if v % 2 == 0: x.remove(v)
print(x)
d = {"a": 1}
try:
    for k in d: d[k + "x"] = 1
except RuntimeError as e: print(e)
a = b = []; a.append(1); print(b)
def fact(n): return 1 if n <= 1 else n * fact(n - 1)
print(fact(30), fact(500) % 1000007)
