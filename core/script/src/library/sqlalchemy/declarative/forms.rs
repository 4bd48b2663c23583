//! What annotations are made of: unions, `Annotated`, `Literal`, generics and
//! names that wait for their class.
//!
//! Nothing here knows what a mapping is. CPython counterpart: `typing`'s
//! `get_origin` and `get_args`; SQLAlchemy counterpart: `sqlalchemy.util.typing`.

use std::rc::Rc;

use crate::builtins::{GenericAlias, Union};
use crate::object::{Args, Class, Instance, Object, PyResult, Unwind};
use crate::vm::Vm;

/// What an annotation is.
pub(super) enum Form {
    /// `A | B`, `Optional[A]`
    Union(Vec<Object>),
    /// `Annotated[A, …]`
    Annotated { inner: Object, metadata: Vec<Object> },
    /// `Literal["a", "b"]`
    Literal(Vec<Object>),
    /// `list[A]`, `Mapped[A]`
    Generic { origin: Object, args: Vec<Object> },
    /// A text that names something, now or later.
    Forward(String),
    /// `TypeAliasType("Name", value)`
    Alias(Object),
    /// `NewType("Name", supertype)`
    NewType(Object),
    /// A class, or what is no annotation at all.
    Plain,
}

/// Takes an annotation apart.
pub(super) fn form(vm: &mut Vm, object: &Object) -> PyResult<Form> {
    if let Object::Str(text) = object {
        return Ok(Form::Forward(text.as_str().to_string()));
    }
    if let Some(alias) = object.native::<GenericAlias>() {
        return Ok(Form::Generic { origin: alias.origin.clone(), args: alias.args.clone() });
    }
    if let Some(union) = object.native::<Union>() {
        return Ok(Form::Union(union.args.clone()));
    }
    let Object::Instance(instance) = object else { return Ok(Form::Plain) };
    let class = instance.class();
    if !is_of_typing(&class) {
        return Ok(Form::Plain);
    }
    let attribute = |name: &str| instance.get(name).unwrap_or(Object::None);
    let text = |name: &str| attribute(name).as_str().unwrap_or_default().to_string();
    Ok(match class.name().as_str() {
        "ForwardRef" => Form::Forward(text("__forward_arg__")),
        "NewType" => Form::NewType(attribute("__supertype__")),
        "TypeAliasType" => Form::Alias(attribute("__value__")),
        "_Alias" => {
            let args = attribute("__args__");
            match text("_name").as_str() {
                "Annotated" => {
                    let mut metadata = vm.collect(&attribute("__metadata__"))?;
                    let mut inner = attribute("__origin__");
                    // `Annotated` in `Annotated` is one.
                    if let Form::Annotated { inner: innermost, metadata: first } = form(vm, &inner)? {
                        metadata = first.into_iter().chain(metadata).collect();
                        inner = innermost;
                    }
                    Form::Annotated { inner, metadata }
                }
                "Union" => Form::Union(vm.collect(&args)?),
                "Literal" => Form::Literal(vm.collect(&args)?),
                _ => Form::Generic { origin: attribute("__origin__"), args: vm.collect(&args)? },
            }
        }
        _ => Form::Plain,
    })
}

/// Whether a class belongs to `typing` or `typing_extensions`.
fn is_of_typing(class: &Class) -> bool {
    class.module.borrow().as_str().starts_with("typing")
}

/// The name of a special form of `typing`, such as `ClassVar` or `Annotated`.
pub(super) fn special_form(object: &Object) -> Option<String> {
    let instance = object.as_instance()?;
    if !is_of_typing(&instance.class()) {
        return None;
    }
    instance.get("_name")?.as_str().map(str::to_string)
}

/// Whether it is a type of some kind and not any other object.
pub(super) fn is_a_type(vm: &mut Vm, object: &Object) -> PyResult<bool> {
    Ok(match form(vm, object)? {
        Form::Plain => match object {
            Object::Class(_) => true,
            Object::Instance(instance) => is_of_typing(&instance.class()),
            _ => false,
        },
        Form::Forward(_) => !matches!(object, Object::Str(_)),
        _ => true,
    })
}

fn is_none(vm: &Vm, object: &Object) -> bool {
    object.is_none() || matches!(object, Object::Class(class) if Rc::ptr_eq(class, &vm.types.none))
}

/// Whether a value of that type may be `None`.
pub(super) fn includes_none(vm: &mut Vm, object: &Object) -> PyResult<bool> {
    Ok(match form(vm, object)? {
        Form::Forward(text) => text == "None" || split_optional(&text).1,
        Form::Union(args) => {
            for arg in &args {
                if includes_none(vm, arg)? {
                    return Ok(true);
                }
            }
            false
        }
        Form::Annotated { inner, .. } | Form::Alias(inner) | Form::NewType(inner) => {
            includes_none(vm, &inner)?
        }
        _ => is_none(vm, object),
    })
}

/// The type without `None`.
pub(super) fn without_none(vm: &mut Vm, object: &Object) -> PyResult<Object> {
    match form(vm, object)? {
        Form::Forward(text) => {
            let (parts, optional) = split_optional(&text);
            if !optional {
                return Ok(object.clone());
            }
            let mut types = Vec::new();
            for part in parts {
                types.push(forward(vm, &part)?);
            }
            union(vm, types)
        }
        Form::Union(args) => {
            let mut kept = Vec::new();
            for arg in &args {
                let named_none = matches!(form(vm, arg)?, Form::Forward(text) if text == "None");
                if !named_none && !is_none(vm, arg) {
                    kept.push(arg.clone());
                }
            }
            if kept.len() == args.len() { Ok(object.clone()) } else { union(vm, kept) }
        }
        _ => Ok(object.clone()),
    }
}

/// The members of a union that is still text, without `None`, and whether it had that.
fn split_optional(text: &str) -> (Vec<String>, bool) {
    if let Some((name, inner)) = subscript(text) {
        match name.rsplit('.').next().unwrap_or(name) {
            "Optional" => return (vec![inner.to_string()], true),
            "Union" => {
                let parts = top_level(inner, ',');
                let count = parts.len();
                let parts: Vec<String> = parts.into_iter().filter(|part| part != "None").collect();
                let optional = parts.len() < count;
                return (parts, optional);
            }
            _ => return (vec![text.to_string()], false),
        }
    }
    let parts: Vec<&str> = text.split('|').map(str::trim).collect();
    let kept: Vec<&str> = parts.iter().copied().filter(|part| *part != "None").collect();
    let optional = kept.len() < parts.len();
    (if optional { vec![kept.join("|")] } else { vec![text.to_string()] }, optional)
}

/// `Name[inner]` in its two parts.
pub(super) fn subscript(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('[')?;
    let inner = rest.strip_suffix(']')?;
    (!name.is_empty() && !name.contains([' ', '|']) && !inner.is_empty()).then_some((name, inner))
}

/// The parts of a text between separators that no bracket holds.
fn top_level(text: &str, separator: char) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0usize);
    for char in text.chars() {
        match char {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if char == separator && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(char);
        }
    }
    parts.into_iter().map(|part| part.trim().to_string()).collect()
}

/// `typing.ForwardRef(text)`
fn forward(vm: &mut Vm, text: &str) -> PyResult<Object> {
    of_typing(vm, "ForwardRef", vec![Object::str(text)])
}

/// `Union[types]`
fn union(vm: &mut Vm, types: Vec<Object>) -> PyResult<Object> {
    of_typing(vm, "_union", vec![Object::tuple(types)])
}

/// `Class[arg]`, for a class of the library that is generic.
pub(super) fn generic(vm: &mut Vm, class: &Rc<Class>, arg: Object) -> PyResult<Object> {
    let arg = match arg {
        Object::Str(text) => forward(vm, text.as_str())?,
        Object::None => Object::Class(Rc::clone(&vm.types.none)),
        other => other,
    };
    of_typing(vm, "_Alias", vec![Object::Class(Rc::clone(class)), Object::tuple(vec![arg])])
}

fn of_typing(vm: &mut Vm, name: &str, args: Vec<Object>) -> PyResult<Object> {
    let module = vm.import("typing")?;
    let callable = vm.get_attr(&Object::Module(module), name)?;
    vm.call(&callable, Args::positional(args))
}

/// Whether there is text in it that is to be evaluated.
pub(super) fn has_forward(vm: &mut Vm, object: &Object) -> PyResult<bool> {
    Ok(match form(vm, object)? {
        Form::Forward(_) => true,
        Form::Union(args) | Form::Generic { args, .. } => {
            for arg in &args {
                if has_forward(vm, arg)? {
                    return Ok(true);
                }
            }
            false
        }
        Form::Annotated { inner, .. } => has_forward(vm, &inner)?,
        _ => false,
    })
}

/// What a text means in the module of a class, or else in its body; nothing
/// where it means nothing yet.
pub(super) fn evaluate(vm: &mut Vm, class: &Rc<Class>, text: &str) -> PyResult<Option<Object>> {
    let module = vm.globals();
    match vm.run_source(text, &module, true) {
        Ok(value) => return Ok(Some(value)),
        Err(unwind) => ordinary(vm, unwind)?,
    }
    let scope = vm.new_module(module.name.as_str());
    let body = class.dict.borrow().clone();
    scope.dict.borrow_mut().extend(body);
    scope.dict.borrow_mut().insert(class.name(), Object::Class(Rc::clone(class)));
    let globals = module.dict.borrow().clone();
    scope.dict.borrow_mut().extend(globals);
    match vm.run_source(text, &scope, true) {
        Ok(value) => Ok(Some(value)),
        Err(unwind) => ordinary(vm, unwind).map(|()| None),
    }
}

/// Lets only what no `except Exception` catches through.
fn ordinary(vm: &Vm, unwind: Unwind) -> PyResult<()> {
    if vm.is_raised(&unwind, &vm.exceptions.exception) { Ok(()) } else { Err(unwind) }
}

/// The annotation with every text in it replaced by what it means; nothing
/// where one means nothing yet.
pub(super) fn resolve(vm: &mut Vm, class: &Rc<Class>, object: &Object) -> PyResult<Option<Object>> {
    resolve_within(vm, class, object, &mut Vec::new())
}

fn resolve_within(
    vm: &mut Vm,
    class: &Rc<Class>,
    object: &Object,
    seen: &mut Vec<String>,
) -> PyResult<Option<Object>> {
    match form(vm, object)? {
        Form::Forward(text) => {
            // A type that names itself stays a name.
            if seen.contains(&text) {
                return Ok(Some(object.clone()));
            }
            seen.push(text.clone());
            match evaluate(vm, class, &text)? {
                Some(value) => resolve_within(vm, class, &value, seen),
                None => Ok(None),
            }
        }
        Form::Annotated { inner, metadata } if has_forward(vm, &inner)? => {
            let Some(inner) = resolve_within(vm, class, &inner, seen)? else { return Ok(None) };
            let module = vm.import("typing")?;
            let annotated = vm.get_attr(&Object::Module(module), "Annotated")?;
            let arguments: Vec<Object> = std::iter::once(inner).chain(metadata).collect();
            vm.get_item(&annotated, &Object::tuple(arguments)).map(Some)
        }
        Form::Union(args) if has_forward(vm, object)? => {
            let Some(args) = resolve_all(vm, class, &args, seen)? else { return Ok(None) };
            union(vm, args).map(Some)
        }
        Form::Generic { origin, args } if has_forward(vm, object)? => {
            let Some(args) = resolve_all(vm, class, &args, seen)? else { return Ok(None) };
            if object.native::<GenericAlias>().is_some() {
                let class = Rc::clone(&vm.types.generic_alias);
                return Ok(Some(Instance::native(&class, GenericAlias { origin, args })));
            }
            let name = object.as_instance().and_then(|alias| alias.get("_name")).unwrap_or(Object::None);
            of_typing(vm, "_Alias", vec![origin, Object::tuple(args), name]).map(Some)
        }
        _ => Ok(Some(object.clone())),
    }
}

/// Refuses an annotation that names what is not there.
pub(super) fn require_names(vm: &mut Vm, class: &Rc<Class>, object: &Object) -> PyResult<()> {
    let parts = match form(vm, object)? {
        Form::Forward(text) => {
            if evaluate(vm, class, &text)?.is_some() {
                return Ok(());
            }
            let message = format!("Could not de-stringify annotation {}", ormscope::types::python_str(&text));
            return Err(vm.error(&vm.exceptions.name_error.clone(), message));
        }
        Form::Union(args) | Form::Generic { args, .. } => args,
        Form::Annotated { inner, .. } => vec![inner],
        _ => Vec::new(),
    };
    for part in &parts {
        require_names(vm, class, part)?;
    }
    Ok(())
}

fn resolve_all(
    vm: &mut Vm,
    class: &Rc<Class>,
    args: &[Object],
    seen: &mut Vec<String>,
) -> PyResult<Option<Vec<Object>>> {
    let mut resolved = Vec::with_capacity(args.len());
    for arg in args {
        match resolve_within(vm, class, arg, seen)? {
            Some(arg) => resolved.push(arg),
            None => return Ok(None),
        }
    }
    Ok(Some(resolved))
}
