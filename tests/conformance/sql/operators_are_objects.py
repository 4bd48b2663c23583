from sqlalchemy import ARRAY, Boolean, Integer, String, and_, column, func, table
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.sql import operators
from sqlalchemy.sql.operators import ColumnOperators, custom_op

tree = table(
    "tree", column("height", Integer), column("name", String), column("alive", Boolean), column("rings", ARRAY(Integer))
)
height, name, rings = tree.c.height, tree.c.name, tree.c.rings

tall = height > 20
print(tall.operator is operators.gt, tall.negate is operators.le, tall.left is not None, tall.right.value)
print((~tall).operator.__name__, (height + 1).operator.__name__, (name + "x").operator.__name__)
print(name.startswith("o").operator.__name__, (~name.icontains("k")).operator.__name__, name.like("o%").operator.__name__)
print(height.desc().modifier.__name__, (-height).operator.__name__, and_(tall, name == "oak").operator is operators.and_)
print(name.like("o/%", escape="/").modifiers, height.between(1, 5).operator.__name__)

for op in (operators.add, operators.lt, operators.eq, operators.like_op, operators.is_distinct_from):
    print(op.__name__, "|", op(height, 3), "|", height.operate(op, 3))
print(height.reverse_operate(operators.sub, 100), "|", operators.in_op(height, [1, 2]), "|", operators.desc_op(name))
print(operators.is_comparison(operators.eq), operators.is_comparison(operators.add), operators.mirror(operators.lt).__name__)
print(operators.is_commutative(operators.mul), operators.is_ordering_modifier(operators.asc_op), operators.is_associative(operators.sub))

near = custom_op("<->", precedence=6, is_comparison=True)
print(near(height, 5), "|", near(height, 5).operator.opstring, "|", near == custom_op("<->", precedence=6, is_comparison=True))
plus = custom_op("+", python_impl=lambda a, b: a + b)
print(plus(2, 3), plus(height, 3))
try:
    near(2, 3)
except InvalidRequestError as err:
    print(err)

dialect = postgresql.dialect()
for e in (rings.any(7), rings.all(7, operator=operators.lt), rings.any(func.abs(height), operator=operators.ne)):
    print(e.compile(dialect=dialect), e.compile(dialect=dialect).params)
print(isinstance(height, ColumnOperators), isinstance(tall, ColumnOperators))
