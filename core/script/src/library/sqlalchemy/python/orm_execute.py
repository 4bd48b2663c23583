"""SQLAlchemy counterpart: sqlalchemy.orm.session.ORMExecuteState."""

from sqlalchemy._support import immutabledict


class ORMExecuteState:
    is_column_load = False
    is_relationship_load = False
    lazy_loaded_from = None
    loader_strategy_path = None

    def __init__(self, session, statement, parameters, options, class_, events, run):
        self.session = session
        self.statement = statement
        self.user_defined_options = getattr(statement, "_user_defined_options", ())
        self.parameters = parameters
        own = getattr(statement, "get_execution_options", dict)()
        self.local_execution_options = immutabledict(options or {})
        self.execution_options = immutabledict({**own, **(options or {})})
        self.bind_arguments = {} if class_ is None else {"mapper": class_.__mapper__, "clause": statement}
        self._class = class_
        self._events = events
        self._run = run
        self._at = 0

    @property
    def _kind(self):
        return type(self.statement).__name__

    @property
    def is_select(self):
        return self._kind in ("Select", "CompoundSelect", "FromStatement")

    @property
    def is_from_statement(self):
        return self._kind == "FromStatement"

    @property
    def is_insert(self):
        return self._kind == "Insert"

    @property
    def is_update(self):
        return self._kind == "Update"

    @property
    def is_delete(self):
        return self._kind == "Delete"

    @property
    def is_executemany(self):
        return isinstance(self.parameters, (list, tuple))

    @property
    def is_orm_statement(self):
        return self._class is not None

    @property
    def bind_mapper(self):
        return self.bind_arguments.get("mapper")

    @property
    def all_mappers(self):
        return [] if self._class is None else [self._class.__mapper__]

    def update_execution_options(self, **options):
        self.local_execution_options = self.local_execution_options.union(options)
        self.execution_options = self.execution_options.union(options)

    def invoke_statement(self, statement=None, params=None, execution_options=None, bind_arguments=None):
        parameters = self.parameters
        if params:
            if isinstance(params, dict) and isinstance(parameters, dict):
                parameters = {**parameters, **params}
            else:
                parameters = params
        options = self.local_execution_options.union(execution_options or {})
        rest = self._events[self._at + 1 :]
        if statement is None:
            statement = self.statement
        return execute(self.session, statement, parameters, options, self._class, rest, self._run)


def execute(session, statement, parameters, options, class_, events, run):
    state = ORMExecuteState(session, statement, parameters, options, class_, events, run)
    for at, listener in enumerate(events):
        state._at = at
        result = listener(state)
        if result is not None:
            return result
    return run(state.statement, state.parameters, dict(state.local_execution_options))
