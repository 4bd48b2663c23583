//! `_hashlib`: the digests behind `hashlib`.
//!
//! CPython counterpart: `Modules/_hashopenssl.c`.

use std::rc::Rc;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::module;
use crate::builtins::{base, exactly};
use crate::object::{Args, Module, NativeFunction, Object, PyResult};
use crate::vm::Vm;

pub(super) fn build(vm: &mut Vm) -> Rc<Module> {
    module(vm, "_hashlib", vec![("digest", NativeFunction::new("digest", digest))])
}

fn digest(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [name, data] = exactly(vm, args, "digest")?;
    let Object::Bytes(data) = base(&data) else {
        return Err(vm.type_error("object supporting the buffer API required"));
    };
    let name = vm.str(&name)?;
    let digest = match name.as_str() {
        "md5" => Md5::digest(&**data).to_vec(),
        "sha1" => Sha1::digest(&**data).to_vec(),
        "sha224" => Sha224::digest(&**data).to_vec(),
        "sha256" => Sha256::digest(&**data).to_vec(),
        "sha384" => Sha384::digest(&**data).to_vec(),
        "sha512" => Sha512::digest(&**data).to_vec(),
        other => return Err(vm.value_error(format!("unsupported hash type {other}"))),
    };
    Ok(Object::Bytes(Rc::new(digest)))
}
