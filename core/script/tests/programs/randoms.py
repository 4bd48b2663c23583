import hashlib
import random

for start in [0, 42, -7, 2 ** 70, "hello", b"bytes", 1.5, True, "", "ünïcode"]:
    random.seed(start)
    print(start, random.random(), random.randint(1, 100), random.choice("abcdef"), random.getrandbits(70))
random.seed(1)
numbers = list(range(20))
random.shuffle(numbers)
print(numbers, random.sample(range(1000), 5), random.sample(numbers, 8), random.sample(["a", "b"], 3, counts=[2, 4]))
print(random.choices("abc", k=8), random.choices("abc", weights=[5, 1, 1], k=8), random.choices([1, 2], cum_weights=[1, 10], k=4))
print(random.uniform(1, 2), random.gauss(0, 1), random.gauss(10, 2), random.normalvariate(0, 1), random.expovariate(2))
print(random.randrange(10), random.randrange(5, 50, 5), random.randrange(10, 0, -3), random.triangular(0, 10, 3), random.betavariate(2, 3))
print(random.lognormvariate(0, 1), random.gammavariate(0.5, 2), random.gammavariate(1, 1), random.paretovariate(3), random.weibullvariate(1, 2))
print(random.vonmisesvariate(1, 2), random.randbytes(5))
own = random.Random(99)
print([own.randint(0, 9) for _ in range(10)], random.Random("a").random(), random.Random(99).randint(0, 9))
state = own.getstate()
first = own.random()
own.setstate(state)
print(first == own.random(), len(state[1]), state[0])
print(0 <= random.SystemRandom().random() < 1, random.SystemRandom().choice([4]))
for attempt in [lambda: random.choice([]), lambda: random.randint(5, 1), lambda: random.sample([1], 2), lambda: random.sample({1, 2}, 1),
                lambda: random.seed([1]), lambda: random.randrange(0), lambda: random.choices([1], weights=[1, 2]), lambda: random.choices([1, 2], 3),
                lambda: random.randrange(1, 5, 0), lambda: random.randrange(1.5)]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
random.seed(5)
print([random.randint(1, 6) for _ in range(12)], round(random.random(), 6))
for name in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]:
    print(name, hashlib.new(name, b"abc").hexdigest())
digest = hashlib.sha256()
digest.update(b"a")
digest.update("é".encode())
print(digest.hexdigest(), digest.name, digest.digest_size, digest.block_size, digest.digest()[:4], hashlib.md5().hexdigest())
try:
    hashlib.sha1("text")
except TypeError as error:
    print(error)
