//! Functions, classes, lambdas, comprehensions and calls.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextSize};

use super::scope::in_slot_order;
use super::{CodeKind, Compiler, MakeFlags, Op, Parameters, Result};
use crate::object::Object;

/// What arguments have left on the stack.
pub(super) enum Arguments {
    /// So many values.
    Plain(u32),
    /// So many values, the last of which have the names in the constant.
    Named(u32, u32),
    /// A list, and a dict when true.
    Unpacked(bool),
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn function_definition(&mut self, def: &'a ast::StmtFunctionDef) -> Result<()> {
        if let Some(params) = &def.type_params {
            return self.error(params.range.start(), "invalid syntax");
        }
        if def.is_async {
            return self.unsupported_async(&def.name);
        }
        for decorator in &def.decorator_list {
            self.emit(Op::PushNull);
            self.expression(&decorator.expression)?;
        }
        let first_line = self.unit().line;
        let mut flags = self.defaults(&def.parameters)?;
        flags.annotations = self.annotations(&def.parameters, def.returns.as_deref())?;
        let Some(scope) = self.scopes.of(def) else {
            return self.error(def.range.start(), "function without a scope");
        };
        self.begin(scope, CodeKind::Function, def.name.as_str(), first_line);
        self.begin_parameters(&def.parameters);
        self.doc(&def.body);
        self.unit().is_generator = self.scopes.all[scope].has_yield;
        self.body(&def.body)?;
        self.constant(Object::None);
        self.emit(Op::Return);
        self.make_function(flags);
        for _ in &def.decorator_list {
            self.emit(Op::Call(1));
        }
        self.store_name(def.name.as_str());
        Ok(())
    }

    pub(super) fn lambda(&mut self, lambda: &'a ast::ExprLambda) -> Result<()> {
        let line = self.unit().line;
        let flags = match &lambda.parameters {
            Some(parameters) => self.defaults(parameters)?,
            None => MakeFlags::default(),
        };
        let Some(scope) = self.scopes.of(lambda) else {
            return self.error(lambda.range.start(), "lambda without a scope");
        };
        self.begin(scope, CodeKind::Function, "<lambda>", line);
        if let Some(parameters) = &lambda.parameters {
            self.begin_parameters(parameters);
        }
        self.unit().is_generator = self.scopes.all[scope].has_yield;
        self.at(&*lambda.body);
        self.expression(&lambda.body)?;
        self.emit(Op::Return);
        self.make_function(flags);
        Ok(())
    }

    /// The body of a class as a function; [`Op::BuildClass`] runs it.
    pub(super) fn class_body(&mut self, def: &'a ast::StmtClassDef) -> Result<()> {
        let Some(scope) = self.scopes.of(def) else {
            return self.error(def.range.start(), "class without a scope");
        };
        let line = self.lines.line(def.range.start());
        self.begin(scope, CodeKind::Class, def.name.as_str(), line);
        let name = self.name_index("__name__");
        self.emit(Op::LoadGlobal(name));
        let module = self.name_index("__module__");
        self.emit(Op::StoreName(module));
        let qualname = self.unit().qualname.clone();
        self.constant(Object::str(qualname));
        let index = self.name_index("__qualname__");
        self.emit(Op::StoreName(index));
        self.doc(&def.body);
        if let Some(doc) = self.unit().doc.clone() {
            self.constant(Object::Str(doc));
            let index = self.name_index("__doc__");
            self.emit(Op::StoreName(index));
        }
        self.body(&def.body)?;
        self.constant(Object::None);
        self.emit(Op::Return);
        self.make_function(MakeFlags::default());
        Ok(())
    }

    /// Finishes the innermost code and makes a function of it in the code around.
    fn make_function(&mut self, mut flags: MakeFlags) {
        let code = self.finish();
        let free = &code.cells[code.own_cells..];
        flags.closure = !free.is_empty();
        if flags.closure {
            for name in free {
                let at = self.unit().cells.insert_full(name.to_string()).0 as u32;
                self.emit(Op::PushCell(at));
            }
            self.emit(Op::BuildTuple(free.len() as u32));
        }
        let index = self.constant_index(Object::Code(code));
        self.emit(Op::MakeFunction(index, flags));
    }

    /// Leaves the defaults on the stack.
    fn defaults(&mut self, parameters: &'a ast::Parameters) -> Result<MakeFlags> {
        let positional = || parameters.posonlyargs.iter().chain(&parameters.args);
        let defaults: Vec<&Expr> =
            positional().filter_map(|parameter| parameter.default.as_deref()).collect();
        for default in &defaults {
            self.expression(default)?;
        }
        if !defaults.is_empty() {
            self.emit(Op::BuildTuple(defaults.len() as u32));
        }
        let mut keyword_defaults = 0;
        for parameter in &parameters.kwonlyargs {
            if let Some(default) = &parameter.default {
                let name = self.mangled(parameter.parameter.name.as_str());
                let name = self.string(&name);
                self.constant(name);
                self.expression(default)?;
                keyword_defaults += 1;
            }
        }
        if keyword_defaults > 0 {
            self.emit(Op::BuildDict(keyword_defaults));
        }
        Ok(MakeFlags {
            defaults: !defaults.is_empty(),
            keyword_defaults: keyword_defaults > 0,
            ..MakeFlags::default()
        })
    }

    fn annotations(&mut self, parameters: &'a ast::Parameters, returns: Option<&'a Expr>) -> Result<bool> {
        let mut count = 0;
        for parameter in in_slot_order(parameters) {
            if let Some(annotation) = &parameter.annotation {
                let name = self.string(parameter.name.as_str());
                self.constant(name);
                self.annotation(annotation)?;
                count += 1;
            }
        }
        if let Some(returns) = returns {
            let name = self.string("return");
            self.constant(name);
            self.annotation(returns)?;
            count += 1;
        }
        if count > 0 {
            self.emit(Op::BuildDict(count));
        }
        Ok(count > 0)
    }

    /// Gives the parameters their slots.
    fn begin_parameters(&mut self, parameters: &ast::Parameters) {
        let names: Vec<String> =
            in_slot_order(parameters).map(|parameter| self.mangled(parameter.name.as_str())).collect();
        let unit = self.unit();
        for (slot, name) in names.into_iter().enumerate() {
            if let Some(cell) = unit.cells.get_index_of(&name) {
                unit.cell_parameters.push((slot as u32, cell as u32));
            }
            unit.locals.insert(name);
        }
        unit.parameters = Parameters {
            positional_only: parameters.posonlyargs.len(),
            positional: parameters.posonlyargs.len() + parameters.args.len(),
            keyword_only: parameters.kwonlyargs.len(),
            rest: parameters.vararg.is_some(),
            keywords: parameters.kwarg.is_some(),
        };
    }

    /// A comprehension: a function of the first iterator.
    pub(super) fn comprehension(&mut self, expr: &'a Expr) -> Result<()> {
        let (name, generators, scope, build) = match expr {
            Expr::ListComp(comp) => {
                ("<listcomp>", &comp.generators, self.scopes.of(comp), Some(Op::BuildList(0)))
            }
            Expr::SetComp(comp) => {
                ("<setcomp>", &comp.generators, self.scopes.of(comp), Some(Op::BuildSet(0)))
            }
            Expr::DictComp(comp) => {
                ("<dictcomp>", &comp.generators, self.scopes.of(comp), Some(Op::BuildDict(0)))
            }
            Expr::Generator(comp) => ("<genexpr>", &comp.generators, self.scopes.of(comp), None),
            other => return self.error(other.start(), "invalid syntax"),
        };
        let (Some(scope), Some(first)) = (scope, generators.first()) else {
            return self.error(expr.start(), "comprehension without a scope");
        };
        if generators.iter().any(|generator| generator.is_async) {
            return self.unsupported_async(expr);
        }
        let line = self.unit().line;
        self.emit(Op::PushNull);
        self.begin(scope, CodeKind::Function, name, line);
        let unit = self.unit();
        unit.locals.insert(".0".to_owned());
        unit.parameters = Parameters { positional: 1, positional_only: 1, ..Parameters::default() };
        unit.is_generator = build.is_none();
        if let Some(build) = build {
            self.emit(build);
        }
        self.generator_loops(expr, generators, 0)?;
        if build.is_none() {
            self.constant(Object::None);
        }
        self.emit(Op::Return);
        self.make_function(MakeFlags::default());
        self.expression(&first.iter)?;
        self.emit_at(first.iter.start(), Op::GetIter);
        self.emit_at(expr.start(), Op::Call(1));
        Ok(())
    }

    fn generator_loops(
        &mut self,
        expr: &'a Expr,
        generators: &'a [ast::Comprehension],
        depth: usize,
    ) -> Result<()> {
        let Some(generator) = generators.get(depth) else {
            return self.comprehension_item(expr, depth as u32);
        };
        let (next, end) = (self.label(), self.label());
        if depth == 0 {
            self.emit(Op::TakeLocal(0));
        } else {
            self.expression(&generator.iter)?;
            self.emit(Op::GetIter);
        }
        self.place(next);
        self.emit(Op::ForIter(end));
        self.store(&generator.target)?;
        for test in &generator.ifs {
            self.jump_if(test, false, next)?;
        }
        self.generator_loops(expr, generators, depth + 1)?;
        self.emit(Op::Jump(next));
        self.place(end);
        Ok(())
    }

    fn comprehension_item(&mut self, expr: &'a Expr, depth: u32) -> Result<()> {
        match expr {
            Expr::ListComp(comp) => {
                self.expression(&comp.elt)?;
                self.emit(Op::ListAppend(depth));
            }
            Expr::SetComp(comp) => {
                self.expression(&comp.elt)?;
                self.emit(Op::SetAdd(depth));
            }
            Expr::DictComp(comp) => {
                let Some(key) = &comp.key else {
                    return self
                        .error(comp.range.start(), "dict unpacking cannot be used in dict comprehension");
                };
                self.expression(key)?;
                self.expression(&comp.value)?;
                self.emit(Op::DictInsert(depth));
            }
            Expr::Generator(comp) => {
                self.expression(&comp.elt)?;
                self.emit(Op::Yield);
                self.emit(Op::Pop);
            }
            other => return self.error(other.start(), "invalid syntax"),
        }
        Ok(())
    }

    pub(super) fn call(&mut self, call: &'a ast::ExprCall) -> Result<()> {
        let mut start: TextSize = call.range_start;
        let unpacks = unpacks(&call.arguments.args, &call.arguments.keywords);
        match &*call.func {
            Expr::Attribute(attribute) if !unpacks => {
                self.expression(&attribute.value)?;
                let line = self.at_end_of_chain(attribute);
                let name = self.mangled(attribute.attr.as_str());
                let index = self.name_index(&name);
                self.emit(Op::LoadMethod(index));
                self.unit().line = line;
                start = attribute.attr.range.start();
            }
            func => {
                self.emit(Op::PushNull);
                self.expression(func)?;
            }
        }
        let op = match self.arguments(&call.arguments.args, &call.arguments.keywords)? {
            Arguments::Plain(count) => Op::Call(count),
            Arguments::Named(count, names) => Op::CallKeywords(count, names),
            Arguments::Unpacked(has_keywords) => Op::CallUnpacked(has_keywords),
        };
        self.emit_at(start, op);
        Ok(())
    }

    /// Leaves the arguments of a call on the stack.
    pub(super) fn arguments(&mut self, args: &'a [Expr], keywords: &'a [ast::Keyword]) -> Result<Arguments> {
        let names: Vec<&str> =
            keywords.iter().filter_map(|keyword| keyword.arg.as_ref()).map(|name| name.as_str()).collect();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                let start = keywords[index.min(keywords.len() - 1)].range.start();
                return self.error(start, format!("keyword argument repeated: {name}"));
            }
        }
        if !unpacks(args, keywords) {
            args.iter().try_for_each(|arg| self.expression(arg))?;
            keywords.iter().try_for_each(|keyword| self.expression(&keyword.value))?;
            let count = (args.len() + keywords.len()) as u32;
            if keywords.is_empty() {
                return Ok(Arguments::Plain(count));
            }
            let names = names.iter().map(|name| self.string(name)).collect();
            return Ok(Arguments::Named(count, self.constant_index(Object::tuple(names))));
        }
        self.unpacked_list(args)?;
        if keywords.is_empty() {
            return Ok(Arguments::Unpacked(false));
        }
        self.emit(Op::BuildDict(0));
        for keyword in keywords {
            match &keyword.arg {
                Some(name) => {
                    let name = self.string(name.as_str());
                    self.constant(name);
                    self.expression(&keyword.value)?;
                    self.emit(Op::BuildDict(1));
                    self.emit(Op::DictMerge);
                }
                None => {
                    self.expression(&keyword.value)?;
                    self.emit(Op::DictMerge);
                }
            }
        }
        Ok(Arguments::Unpacked(true))
    }
}

fn unpacks(args: &[Expr], keywords: &[ast::Keyword]) -> bool {
    args.iter().any(Expr::is_starred_expr) || keywords.iter().any(|keyword| keyword.arg.is_none())
}
