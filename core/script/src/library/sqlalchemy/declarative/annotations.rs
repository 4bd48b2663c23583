//! `Mapped[…]` and its relatives: which annotations say that an attribute is mapped.
//!
//! What stands inside is for [`super::column_types`] and [`super::relations`] to read.
//! SQLAlchemy counterpart: `_extract_mapped_subtype` and the classes of `sqlalchemy.orm.base`.

use std::rc::Rc;

use super::forms::{self, Form, form};
use crate::library::sqlalchemy::{classes, errors};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

/// What an annotation is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    /// `Mapped[…]`
    Mapped,
    /// `DynamicMapped[…]`
    Dynamic,
    /// `WriteOnlyMapped[…]`
    WriteOnly,
    /// `Unmapped[…]`: in the table, not in the class.
    Unmapped,
}

impl Container {
    const ALL: [Container; 4] =
        [Container::Mapped, Container::Dynamic, Container::WriteOnly, Container::Unmapped];

    /// The name of its class.
    pub(super) fn name(self) -> &'static str {
        match self {
            Container::Mapped => "Mapped",
            Container::Dynamic => "DynamicMapped",
            Container::WriteOnly => "WriteOnlyMapped",
            Container::Unmapped => "Unmapped",
        }
    }
}

/// The classes of the containers, in the order of [`Container::ALL`].
pub(in crate::library::sqlalchemy) fn container_classes() -> [Rc<Class>; 4] {
    let annotation = Class::builder("_MappedAnnotationBase").module("sqlalchemy.orm.base").build();
    Container::ALL.map(|container| {
        Class::builder(container.name())
            .module("sqlalchemy.orm.base")
            .base(&annotation)
            .class_method("__class_getitem__", class_getitem)
            .build()
    })
}

fn class_getitem(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [Object::Class(class), inner] = &args.positional[..] else {
        return Err(vm.type_error("__class_getitem__() takes exactly one argument"));
    };
    if let Object::Tuple(items) = inner {
        let (given, name) = (items.len(), vm.repr(&args.positional[0])?);
        let amount = if given == 0 { "few" } else { "many" };
        return Err(vm.type_error(format!(
            "Too {amount} arguments for {}; actual {given}, expected 1",
            name.as_str()
        )));
    }
    forms::generic(vm, class, inner.clone())
}

/// The container that a class is, or derives from.
fn container_of(vm: &mut Vm, object: &Object) -> Option<Container> {
    let class = object.as_class()?;
    let known = classes(vm);
    let at = known.containers.iter().position(|container| class.is_subclass_of(container))?;
    Some(Container::ALL[at])
}

/// What an annotation says of an attribute.
pub(super) struct Extracted {
    /// What stands inside the container, or all of it where there is none.
    pub(super) inner: Object,
    pub(super) container: Option<Container>,
}

/// Reads the outside of an annotation; nothing for `ClassVar[…]` and for
/// descriptors of their own. Where `expected`, anything else must be `Mapped[…]`.
pub(super) fn extract(
    vm: &mut Vm,
    class: &Rc<Class>,
    key: &str,
    raw: &Object,
    expected: bool,
) -> PyResult<Option<Extracted>> {
    let annotated = match form(vm, raw)? {
        Form::Forward(text) => match outside(vm, class, &text)? {
            Ok(value) => value,
            Err(Unclear::Container) => return Err(uninterpretable(vm, raw)?),
            Err(Unclear::Inside) if text.contains("Mapped[") || text.contains("Unmapped[") => {
                return Err(uninterpretable(vm, raw)?);
            }
            Err(Unclear::Inside) => raw.clone(),
        },
        _ => raw.clone(),
    };
    if let Form::Generic { origin, args } = form(vm, &annotated)? {
        if let Some(container) = container_of(vm, &origin)
            && let [inner] = &args[..]
        {
            return Ok(Some(Extracted { inner: inner.clone(), container: Some(container) }));
        }
        if expected && (forms::special_form(&origin).as_deref() == Some("ClassVar") || is_descriptor(&origin))
        {
            return Ok(None);
        }
    }
    if !expected {
        return Ok(Some(Extracted { inner: annotated, container: None }));
    }
    let message = format!(
        "Type annotation for \"{}.{key}\" can't be correctly interpreted for Annotated Declarative Table form.  ORM annotations should normally make use of the ``Mapped[]`` generic type, or other ORM-compatible generic type, as a container for the actual type, which indicates the intent that the attribute is mapped. Class variables that are not intended to be mapped by the ORM should use ClassVar[].  To allow Annotated Declarative to disregard legacy annotations which don't use Mapped[] to pass, set \"__allow_unmapped__ = True\" on the class or a superclass this class.",
        class.name().as_str()
    );
    Err(errors::coded(vm, "MappedAnnotationError", message, "zlpr"))
}

/// Whether instances of a generic class describe attributes by themselves,
/// as those of `AssociationProxy[…]` do.
fn is_descriptor(origin: &Object) -> bool {
    origin.as_class().is_some_and(|class| class.lookup("__get__").is_some())
}

/// Whether an annotation is `Mapped[…]`, without looking inside.
pub(super) fn is_mapped(vm: &mut Vm, class: &Rc<Class>, raw: &Object) -> PyResult<bool> {
    let annotated = match form(vm, raw)? {
        Form::Forward(text) => match outside(vm, class, &text)? {
            Ok(value) => value,
            Err(_) => return Ok(false),
        },
        _ => raw.clone(),
    };
    Ok(match form(vm, &annotated)? {
        Form::Generic { origin, .. } => container_of(vm, &origin).is_some(),
        _ => false,
    })
}

/// What the outside of a text means: classes that are named inside of
/// `Mapped[…]` stay names, as they may come later.
fn outside(vm: &mut Vm, class: &Rc<Class>, text: &str) -> PyResult<Result<Object, Unclear>> {
    let mut evaluate = |text: &str| Ok(forms::evaluate(vm, class, text)?.ok_or(Unclear::Inside));
    let Some((name, _)) = forms::subscript(text) else { return evaluate(text) };
    let Ok(found) = evaluate(name)? else { return Ok(Err(Unclear::Container)) };
    if container_of(vm, &found).is_none() {
        return Ok(forms::evaluate(vm, class, text)?.ok_or(Unclear::Inside));
    }
    let mut stack = Vec::new();
    let mut rest = text;
    while let Some((name, inner)) = forms::subscript(rest) {
        stack.push(name);
        rest = inner;
    }
    let quoted = rest.starts_with(['"', '\'']) && rest.ends_with(['"', '\'']);
    if quoted || rest.contains(['[', ']']) {
        return Ok(forms::evaluate(vm, class, text)?.ok_or(Unclear::Inside));
    }
    let names: Vec<String> =
        rest.split(',').map(|name| format!("\"{}\"", name.trim_matches(['"', '\'', ' ']))).collect();
    let source = format!("{}[{}{}", stack.join("["), names.join(", "), "]".repeat(stack.len()));
    Ok(forms::evaluate(vm, class, &source)?.ok_or(Unclear::Inside))
}

/// Why a text means nothing.
enum Unclear {
    /// What it starts with, in front of the bracket, is not known.
    Container,
    /// Something else in it.
    Inside,
}

/// The error of a text that means nothing.
fn uninterpretable(vm: &mut Vm, raw: &Object) -> PyResult<crate::object::Unwind> {
    let shown = vm.str(raw)?;
    Ok(errors::error(
        vm,
        "MappedAnnotationError",
        format!(
            "Could not interpret annotation {}.  Check that it uses names that are correctly imported at the module level. See chained stack trace for more hints.",
            shown.as_str()
        ),
    ))
}
