//! The worker's thread: messages in, slices, batches out.
//!
//! Whatever cannot be undone here (a panic, bytes that are not ours) becomes an
//! uncaught error, which the page hears as the worker's `error` event.

use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;
use std::rc::Rc;

use js_sys::{Array, Date, Math, Uint8Array};
use ormscope_host::Host;
use ormscope_host::protocol::{Event, decode_request, encode_events};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort};

use crate::turn::{is_too_far_ahead, should_post};

/// What the thread owns.
struct Thread {
    scope: DedicatedWorkerGlobalScope,
    host: RefCell<Host>,
    /// Events that have not been posted yet.
    batch: RefCell<Vec<Event>>,
    /// When the last batch went out, in milliseconds.
    posted: Cell<f64>,
    /// Batches that the page has not dealt with yet.
    ahead: Cell<u32>,
    /// Whether a turn is already on its way.
    turning: Cell<bool>,
    /// Posting here is a turn of the event loop without a timer's 4 ms.
    bell: MessagePort,
}

/// Starts to listen.
pub(crate) fn start() {
    std::panic::set_hook(Box::new(|info| wasm_bindgen::throw_str(&last_words(info))));
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let channel = match MessageChannel::new() {
        Ok(channel) => channel,
        Err(error) => wasm_bindgen::throw_val(error),
    };
    let now = Date::now();
    let clock = ((now / 1000.0).floor() as i64, ((now % 1000.0) * 1000.0) as u32);
    let seed = (Math::random() * 9_007_199_254_740_992.0) as u64;
    let thread = Rc::new(Thread {
        scope: scope.clone(),
        host: RefCell::new(Host::new(seed, clock)),
        batch: RefCell::default(),
        posted: Cell::new(0.0),
        ahead: Cell::new(0),
        turning: Cell::new(false),
        bell: channel.port2(),
    });

    let turn = {
        let thread = thread.clone();
        Closure::<dyn Fn()>::new(move || thread.turn())
    };
    channel.port1().set_onmessage(Some(turn.as_ref().unchecked_ref()));
    turn.forget();

    let hear = {
        let thread = thread.clone();
        Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| thread.hear(&event))
    };
    scope.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();

    // The first batch, even an empty one, tells the page that we listen.
    thread.gather();
    thread.post();
}

impl Thread {
    /// One message from the page.
    fn hear(&self, event: &MessageEvent) {
        let bytes = Uint8Array::new(&event.data()).to_vec();
        if bytes.is_empty() {
            // The page has dealt with a batch.
            self.ahead.set(self.ahead.get().saturating_sub(1));
            return self.ring();
        }
        match decode_request(&bytes) {
            Ok(request) => self.host.borrow_mut().handle(request),
            Err(error) => wasm_bindgen::throw_str(&error.to_string()),
        }
        self.gather();
        self.ring();
    }

    /// One slice of work, then back to the event loop.
    fn turn(&self) {
        self.turning.set(false);
        if is_too_far_ahead(self.ahead.get()) {
            return; // The page rings when it has caught up.
        }
        let more = self.host.borrow_mut().work();
        self.gather();
        if should_post(more, self.scope_now() - self.posted.get()) {
            self.post();
        }
        if more {
            self.ring();
        }
    }

    fn ring(&self) {
        if !self.turning.replace(true)
            && let Err(error) = self.bell.post_message(&JsValue::NULL)
        {
            wasm_bindgen::throw_val(error);
        }
    }

    fn gather(&self) {
        self.batch.borrow_mut().append(&mut self.host.borrow_mut().take_events());
    }

    /// Posts what was gathered; the bytes move, they are not copied.
    fn post(&self) {
        let events = self.batch.take();
        if events.is_empty() && self.posted.get() != 0.0 {
            return;
        }
        self.posted.set(self.scope_now());
        self.ahead.set(self.ahead.get() + 1);
        let bytes = Uint8Array::from(encode_events(&events).as_slice());
        let moved = Array::of1(&bytes.buffer());
        if let Err(error) = self.scope.post_message_with_transfer(&bytes, &moved) {
            wasm_bindgen::throw_val(error);
        }
    }

    /// Milliseconds of a clock that only counts.
    fn scope_now(&self) -> f64 {
        // A worker without `performance` does not exist; a batch too early harms nobody.
        self.scope.performance().map_or(f64::INFINITY, |clock| clock.now())
    }
}

/// Why the worker dies, in one line.
fn last_words(info: &PanicHookInfo<'_>) -> String {
    let why = info.payload_as_str().unwrap_or("no reason given");
    match info.location() {
        Some(place) => format!("{why} ({}:{})", place.file(), place.line()),
        None => why.to_owned(),
    }
}
