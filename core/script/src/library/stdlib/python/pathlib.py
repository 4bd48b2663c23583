__all__ = ["PurePath", "PurePosixPath", "Path", "PosixPath"]


class PurePath:
    __slots__ = ("_root", "_names")

    def __init__(self, *segments):
        text = ""
        for segment in segments:
            segment = segment if isinstance(segment, str) else str(segment)
            text = segment if segment.startswith("/") else f"{text}/{segment}" if text else segment
        self._root = "/" if text.startswith("/") else ""
        self._names = tuple(name for name in text.split("/") if name and name != ".")

    def _made(self, root, names):
        made = object.__new__(type(self))
        made._root, made._names = root, tuple(names)
        return made

    @property
    def parts(self):
        return ((self._root,) if self._root else ()) + self._names

    root = anchor = property(lambda self: self._root)
    drive = ""

    @property
    def name(self):
        return self._names[-1] if self._names else ""

    @property
    def suffix(self):
        at = self.name.rfind(".")
        return self.name[at:] if 0 < at < len(self.name) - 1 else ""

    @property
    def suffixes(self):
        return [] if self.name.endswith(".") else ["." + part for part in self.name.lstrip(".").split(".")[1:]]

    @property
    def stem(self):
        return self.name[:len(self.name) - len(self.suffix)]

    @property
    def parent(self):
        return self._made(self._root, self._names[:-1])

    @property
    def parents(self):
        least = 0
        return tuple(self._made(self._root, self._names[:at]) for at in range(len(self._names) - 1, least - 1, -1))

    def is_absolute(self):
        return bool(self._root)

    def joinpath(self, *others):
        return type(self)(self, *others)

    def with_name(self, name):
        if not self._names:
            raise ValueError(f"{self!r} has an empty name")
        if not name or "/" in name or name == ".":
            raise ValueError(f"Invalid name {name!r}")
        return self._made(self._root, (*self._names[:-1], name))

    def with_stem(self, stem):
        return self.with_name(stem + self.suffix)

    def with_suffix(self, suffix):
        if suffix and not suffix.startswith(".") or suffix == ".":
            raise ValueError(f"Invalid suffix {suffix!r}")
        return self.with_name(self.stem + suffix)

    def relative_to(self, *other):
        base = type(self)(*other)
        if self.parts[:len(base.parts)] != base.parts:
            raise ValueError(f"{str(self)!r} is not in the subpath of {str(base)!r} OR one path is relative "
                             "and the other is absolute.")
        return self._made("", self.parts[len(base.parts):])

    def is_relative_to(self, *other):
        base = type(self)(*other)
        return self.parts[:len(base.parts)] == base.parts

    def match(self, pattern):
        from fnmatch import fnmatchcase
        wanted = type(self)(pattern).parts
        parts = self.parts[-len(wanted):]
        return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))

    def as_posix(self):
        return str(self)

    def as_uri(self):
        if not self._root:
            raise ValueError("relative path can't be expressed as a file URI")
        return "file://" + str(self)

    def __truediv__(self, other):
        return type(self)(self, other)

    def __rtruediv__(self, other):
        return type(self)(other, self)

    def __fspath__(self):
        return str(self)

    def __str__(self):
        return self._root + "/".join(self._names) or "."

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other):
        return self.parts == other.parts if isinstance(other, PurePath) else NotImplemented

    def __hash__(self):
        return hash(self.parts)

    def __lt__(self, other):
        return self.parts < other.parts if isinstance(other, PurePath) else NotImplemented


class PurePosixPath(PurePath):
    pass


class PosixPath(PurePosixPath):
    """A path where there are no files: nothing exists, and nothing can be opened."""

    @classmethod
    def cwd(cls):
        return cls("/")

    @classmethod
    def home(cls):
        return cls("/")

    def exists(self):
        return False

    is_file = is_dir = exists

    def absolute(self):
        return self if self._root else type(self)("/", self)

    def resolve(self, strict=False):
        names = []
        for name in self.absolute()._names:
            if name == "..":
                names = names[:-1]
            else:
                names.append(name)
        return self._made("/", names)

    def open(self, *args, **kwargs):
        raise FileNotFoundError(2, "No such file or directory", str(self))

    read_text = read_bytes = stat = iterdir = open

    def write_text(self, *args, **kwargs):
        raise OSError(f"cannot write {str(self)!r}: there are no files here")

    write_bytes = mkdir = touch = rename = write_text

    def unlink(self, missing_ok=False):
        if not missing_ok:
            self.open()


Path = PosixPath
