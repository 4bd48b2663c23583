//! `_random`: the Mersenne Twister behind `random`, and randomness from the host's seed.
//!
//! CPython counterpart: `Modules/_randommodule.c`.

use std::cell::RefCell;
use std::rc::Rc;

use num_bigint::{BigInt, BigUint};
use num_traits::ToPrimitive;

use super::{module, whole_number};
use crate::builtins::{base, exactly, int_to_i64};
use crate::object::{Args, Class, Instance, Module, NativeFunction, Object, PyResult};
use crate::vm::Vm;

const SIZE: usize = 624;
const MIDDLE: usize = 397;
/// More bits than a program has a use for.
const MOST_BITS: i64 = 1 << 24;

/// MT19937.
struct Twister {
    state: [u32; SIZE],
    next: usize,
}

impl Twister {
    fn from_number(seed: u32) -> Twister {
        let mut state = [0; SIZE];
        let mut last = seed;
        for (at, word) in state.iter_mut().enumerate() {
            if at > 0 {
                last = 1_812_433_253_u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(at as u32);
            }
            *word = last;
        }
        Twister { state, next: SIZE }
    }

    fn from_key(key: &[u32]) -> Twister {
        let mut twister = Twister::from_number(19_650_218);
        let state = &mut twister.state;
        let (mut i, mut j) = (1, 0);
        for _ in 0..SIZE.max(key.len()) {
            let mixed = (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(1_664_525);
            state[i] = (state[i] ^ mixed).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j = (j + 1) % key.len();
            if i == SIZE {
                state[0] = state[SIZE - 1];
                i = 1;
            }
        }
        for _ in 1..SIZE {
            let mixed = (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(1_566_083_941);
            state[i] = (state[i] ^ mixed).wrapping_sub(i as u32);
            i += 1;
            if i == SIZE {
                state[0] = state[SIZE - 1];
                i = 1;
            }
        }
        state[0] = 1 << 31;
        twister
    }

    fn word(&mut self) -> u32 {
        if self.next >= SIZE {
            for at in 0..SIZE {
                let mixed = (self.state[at] & (1 << 31)) | (self.state[(at + 1) % SIZE] & (u32::MAX >> 1));
                let odd = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
                self.state[at] = self.state[(at + MIDDLE) % SIZE] ^ (mixed >> 1) ^ odd;
            }
            self.next = 0;
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// From 0 to 1, with 53 bits.
    fn float(&mut self) -> f64 {
        let (high, low) = (self.word() >> 5, self.word() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    fn bits(&mut self, count: u32) -> BigUint {
        let mut left = count;
        let mut words = Vec::new();
        while left > 0 {
            let word = self.word();
            words.push(if left < 32 { word >> (32 - left) } else { word });
            left = left.saturating_sub(32);
        }
        BigUint::new(words)
    }
}

fn twister(vm: &mut Vm, this: &Object) -> PyResult<Rc<RefCell<Twister>>> {
    match this.native::<RefCell<Twister>>() {
        Some(twister) => Ok(twister),
        None => Err(vm.type_error("a random.Random is required")),
    }
}

fn seed(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, seed] = exactly(vm, args, "seed")?;
    let key = match base(&seed) {
        Object::Bool(value) => vec![u32::from(*value)],
        Object::Int(value) => BigUint::from(value.unsigned_abs()).to_u32_digits(),
        Object::BigInt(value) => value.magnitude().to_u32_digits(),
        _ => return Err(vm.type_error("a seed is an int")),
    };
    let key = if key.is_empty() { vec![0] } else { key };
    *twister(vm, &this)?.borrow_mut() = Twister::from_key(&key);
    Ok(Object::None)
}

fn random_bits(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, count] = exactly(vm, args, "getrandbits")?;
    let count = int_to_i64(vm, &count)?;
    if count < 0 {
        return Err(vm.value_error("number of bits must be non-negative"));
    }
    if count > MOST_BITS {
        return Err(vm.error(&vm.exceptions.memory_error, "so many random bits do not fit into memory"));
    }
    let bits = twister(vm, &this)?.borrow_mut().bits(count as u32);
    Ok(whole_number(BigInt::from(bits)))
}

fn state(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this] = exactly(vm, args, "getstate")?;
    let twister = twister(vm, &this)?;
    let twister = twister.borrow();
    let words = twister.state.iter().map(|word| Object::Int(i64::from(*word)));
    Ok(Object::tuple(words.chain([Object::Int(twister.next as i64)]).collect()))
}

fn restore(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, words] = exactly(vm, args, "setstate")?;
    let words = vm.collect(&words)?;
    if words.len() != SIZE + 1 {
        return Err(vm.value_error("state vector is the wrong size"));
    }
    let mut numbers = Vec::with_capacity(words.len());
    for word in &words {
        match u32::try_from(int_to_i64(vm, word)?) {
            Ok(word) => numbers.push(word),
            Err(_) => return Err(vm.value_error("invalid state")),
        }
    }
    let twister = twister(vm, &this)?;
    let mut twister = twister.borrow_mut();
    twister.next = numbers.pop().and_then(|next| next.to_usize()).unwrap_or(SIZE).min(SIZE);
    twister.state.copy_from_slice(&numbers);
    Ok(Object::None)
}

pub(super) fn build(vm: &mut Vm) -> Rc<Module> {
    let class = Class::builder("Random")
        .module("_random")
        .method("__new__", |vm, args| {
            let twister = RefCell::new(Twister::from_number(0));
            match args.positional.first() {
                Some(Object::Class(class)) => Ok(Instance::native(class, twister)),
                _ => Err(vm.type_error("Random.__new__(): not enough arguments")),
            }
        })
        .method("_seed", seed)
        .method("_state", state)
        .method("_restore", restore)
        .method("getrandbits", random_bits)
        .method("random", |vm, args| {
            let [this] = exactly(vm, args, "random")?;
            let value = twister(vm, &this)?.borrow_mut().float();
            Ok(Object::Float(value))
        })
        .build();
    let seed = vm.host.seed();
    // A generator of its own, so that seeding `random` changes nothing here.
    let entropy = RefCell::new(Twister::from_key(&[seed as u32, (seed >> 32) as u32, 0x656e_7472]));
    let urandom = NativeFunction::closure("urandom", move |vm, args| {
        let [count] = exactly(vm, args, "urandom")?;
        let count = int_to_i64(vm, &count)?;
        if !(0..=MOST_BITS / 8).contains(&count) {
            return Err(vm.value_error("negative argument not allowed"));
        }
        let mut entropy = entropy.borrow_mut();
        Ok(Object::Bytes(Rc::new((0..count).map(|_| (entropy.word() >> 24) as u8).collect())))
    });
    module(vm, "_random", vec![("Random", Object::Class(class)), ("urandom", urandom)])
}
