from sqlalchemy.sql import visitors


def find_tables(
    clause,
    check_columns=False,
    include_aliases=False,
    include_joins=False,
    include_selects=False,
    include_crud=False,
):
    wanted = {"table"}
    if include_aliases:
        wanted |= {"alias", "subquery", "tablesample", "lateral"}
    if include_joins:
        wanted.add("join")
    if include_selects:
        wanted |= {"select", "compound_select"}
    found = []
    for element in visitors.iterate(clause):
        name = element.__visit_name__
        if name in wanted:
            found.append(element)
        if include_crud and name in ("insert", "update", "delete"):
            found.append(element.table)
        if check_columns and name == "column" and getattr(element, "table", None) is not None:
            found.append(element.table)
    return found


class ClauseAdapter(visitors.ReplacingExternalTraversal):
    def __init__(self, selectable, equivalents=None, include_fn=None, exclude_fn=None, **options):
        self.selectable = selectable
        self.include_fn = include_fn
        self.exclude_fn = exclude_fn

    def replace(self, col):
        if self.include_fn and not self.include_fn(col) or self.exclude_fn and self.exclude_fn(col):
            return None
        if col.__visit_name__ == "column":
            if getattr(col, "table", None) is None:
                return None
            return self.selectable.corresponding_column(col)
        if getattr(col, "is_selectable", False) and self.selectable.is_derived_from(col):
            return self.selectable
        return None
