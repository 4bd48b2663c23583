__all__ = ["Thread", "Lock", "RLock", "local", "current_thread", "main_thread", "get_ident", "active_count"]


class local:
    """There is one thread, so its values are everyone's."""


class Lock:
    def __init__(self):
        self._held = 0

    def acquire(self, blocking=True, timeout=-1):
        if self._held and type(self) is Lock:
            if not blocking or timeout >= 0:
                return False
            raise RuntimeError("deadlock: the lock is held already, and there is no other thread to release it")
        self._held += 1
        return True

    def release(self):
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held -= 1

    def locked(self):
        return bool(self._held)

    def __enter__(self):
        self.acquire()
        return True

    def __exit__(self, *exc_info):
        self.release()


class RLock(Lock):
    pass


class Thread:
    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        self.name, self.daemon, self.ident = name or "Thread-1", bool(daemon), None
        self._target, self._args, self._kwargs = target, args, kwargs or {}

    def run(self):
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def start(self):
        raise RuntimeError("can't start new thread: a script runs in one thread here; call the function instead")

    def join(self, timeout=None):
        raise RuntimeError("cannot join thread before it is started")

    def is_alive(self):
        return False

    def __repr__(self):
        return f"<{type(self).__name__}({self.name}, initial)>"


class _MainThread(Thread):
    def __init__(self):
        super().__init__(name="MainThread")
        self.ident = 1

    def is_alive(self):
        return True

    def __repr__(self):
        return "<_MainThread(MainThread, started 1)>"


_main = _MainThread()


def current_thread():
    return _main


main_thread = current_thread


def get_ident():
    return _main.ident


get_native_id = get_ident


def active_count():
    return 1


def enumerate():
    return [_main]
