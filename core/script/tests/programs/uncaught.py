class AppError(Exception):
    pass

def inner(x):
    if x == 0:
        raise AppError("broken")
    return inner(x - 1)

def outer():
    try:
        inner(2)
    except AppError as e:
        raise RuntimeError("wrapped") from e

print("before")
outer()
