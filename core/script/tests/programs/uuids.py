import copy
import uuid
from uuid import UUID, uuid4

u = UUID("12345678-1234-5678-1234-567812345678")
print(u, repr(u), u.hex, u.int, int(u), u.urn)
print(u.bytes, u.bytes_le, u.fields, u.version, u.variant)
print(u.time_low, u.time_mid, u.time_hi_version, u.clock_seq_hi_variant, u.clock_seq_low, u.node, u.time, u.clock_seq)
same = [UUID("{12345678123456781234567812345678}"), UUID("urn:uuid:12345678-1234-5678-1234-567812345678"),
        UUID(bytes=u.bytes), UUID(bytes_le=u.bytes_le), UUID(fields=u.fields), UUID(int=u.int), UUID(hex=u.hex)]
print([s == u for s in same], len(set(same)), hash(u) == hash(same[0]))
print(UUID(int=5), UUID(int=5) < u, sorted([u, UUID(int=1)])[0], UUID(int=1) == 1, u >= u, u <= u, u > u)
print(uuid.uuid3(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid5(uuid.NAMESPACE_URL, "https://example.org/é"))
print(uuid.NAMESPACE_DNS, uuid.NAMESPACE_OID.hex, uuid.NAMESPACE_X500.version)
r = uuid4()
print(r.version, r.variant == uuid.RFC_4122, len(str(r)), r != uuid4(), isinstance(r, UUID))
t = uuid.uuid1(node=0x010203040506, clock_seq=0x1234)
print(t.version, hex(t.node), hex(t.clock_seq), t != uuid.uuid1())
print(UUID(int=u.int, version=4), u.is_safe, uuid.SafeUUID.unknown, copy.deepcopy(u) == u)
print(f"{u}", "%s" % u, {u: 1}[same[2]], str(u)[:8], u in same)
for attempt in [lambda: UUID("123"), lambda: UUID(), lambda: UUID(bytes=b"12"), lambda: UUID(int=-1), lambda: UUID(int=1 << 128),
                lambda: UUID("g" * 32), lambda: UUID(fields=(1, 2)), lambda: UUID(fields=(1 << 32, 0, 0, 0, 0, 0)),
                lambda: UUID(fields=(0, 0, 0, 300, 0, 0)), lambda: UUID(int=1, version=9), lambda: u < 5, lambda: setattr(u, "int", 4),
                lambda: UUID(5)]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
