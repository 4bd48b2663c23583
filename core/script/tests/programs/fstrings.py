x = 3.14159; n = 42; s = "hi"; d = {"a": 1}
print(f"{x:.2f} {n:05d} {n:x} {n:#b} {s:>5}|{s:<5}|{s:^6}| {n:,} {1234567.891:,.2f} {0.5:%}")
print(f"{s!r} {s!s} {d!r:>12} {'ü'!a}")
print(f"{n=} {x = :.1f} {s=!s} {d['a']=}")
w = 8; p = 2
print(f"{x:{w}.{p}f}|{s:{'*'}^{w}}|")
print(f"{{}} {n}{{{n}}}", f"{'nested ' + f'{n}'}", f'{d["a"]}')
print(f"{n!r:>6}" f" {s}" " plain")
print(f"{[i for i in range(3)]} {(lambda: 5)()} {1 if n else 2}")
print("{} {0}".format if False else "{0} {1} {0} {k:>4}".format(1, 2, k=3), "{:>{w}}".format("a", w=4), "{!r}".format("q"), "{a.real} {b[0]}".format(a=5, b=[7]))
print("%s %r %5.2f %d%% %x %-5s| %(n)s" % {"n": 1} if False else "%s %r %5.2f %d%% %x %-5s|" % ("a", "b", 3.14159, 50, 255, "l"))
print("%(name)s is %(age)d" % {"name": "Bo", "age": 5})
print(f"{1e10} {1e16} {1e-5} {0.1 + 0.2} {1.0} {float('inf')} {-0.0} {1e100:.3e} {123.456:g}")
multi = f"""line {n}
next {s}"""
print(multi)
print(f"{'a':>3}{'b':<3}{'c':^3}|", f"{True}", f"{None}", f"{n:+d} {-n:+d} {n: d}", f"{255:02X} {8:o}")
