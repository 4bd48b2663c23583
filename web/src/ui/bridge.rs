//! The only caller of the worker: requests out, batches of events in.
//!
//! Requests wait until the worker's first message says that it listens. A worker that
//! dies is reported once and replaced on demand; it knows nothing of what is carried.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use js_sys::Uint8Array;
use ormscope_host::protocol::{Event, Request, decode_events, encode_request};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker};

/// The worker's script, beside the page.
const SCRIPT: &str = "ormscope-worker_loader.js";

/// How long the engine may take to load before the page says that it does not, in milliseconds.
const PATIENCE: u32 = 30_000;

/// What the bridge tells the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Word {
    /// A batch of events.
    Events(Vec<Event>),
    /// The worker is dead, and why.
    Crashed(String),
}

type Listener = Rc<dyn Fn(Word)>;

/// A worker and the line to it.
pub(crate) struct Bridge {
    listener: Listener,
    link: Rc<Link>,
    _hear: Closure<dyn Fn(MessageEvent)>,
    _fail: Closure<dyn Fn(web_sys::Event)>,
    _patience: Timeout,
}

/// One worker's end of the line.
struct Link {
    worker: Option<Worker>,
    /// Requests that wait for the worker to listen; none once it does.
    waiting: RefCell<Option<Vec<Request>>>,
    listener: Listener,
}

impl Bridge {
    /// Starts a worker.
    pub(crate) fn new(listener: Listener) -> Self {
        let made = script_url().and_then(|url| Worker::new(&url));
        let trouble = made.as_ref().err().map(words);
        let link = Rc::new(Link {
            worker: made.ok(),
            waiting: RefCell::new(Some(Vec::new())),
            listener: listener.clone(),
        });
        let hear = {
            let link = link.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| link.hear(&event))
        };
        let fail = {
            let link = link.clone();
            Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
                event.prevent_default();
                // A script that does not come at all is a plain event, without a message.
                let reason = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
                link.fail(reason.unwrap_or_else(|| "its script did not come".to_owned()));
            })
        };
        if let Some(worker) = &link.worker {
            worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
            worker.set_onerror(Some(fail.as_ref().unchecked_ref()));
        }
        let patience = {
            let link = link.clone();
            // A worker that cannot even be made is reported at once, but never from inside a caller.
            let (wait, reason) = match trouble {
                Some(reason) => (0, reason),
                None => (PATIENCE, "it did not load; check the connection".to_owned()),
            };
            Timeout::new(wait, move || {
                if link.waiting.borrow().is_some() {
                    link.fail(reason);
                }
            })
        };
        Self { listener, link, _hear: hear, _fail: fail, _patience: patience }
    }

    /// Sends a request, now or as soon as the worker listens.
    pub(crate) fn send(&self, request: Request) {
        let request = match self.link.waiting.borrow_mut().as_mut() {
            Some(waiting) => return waiting.push(request),
            None => request,
        };
        self.link.post(&request);
    }

    /// Ends this worker and starts another.
    pub(crate) fn restart(&mut self) {
        *self = Self::new(self.listener.clone());
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.link.hang_up();
    }
}

impl Link {
    fn hear(&self, event: &MessageEvent) {
        if let Some(waiting) = self.waiting.take() {
            for request in waiting {
                self.post(&request);
            }
        }
        match decode_events(&Uint8Array::new(&event.data()).to_vec()) {
            Ok(events) => (self.listener)(Word::Events(events)),
            Err(error) => return self.fail(error.to_string()),
        }
        // An empty message says that this batch is dealt with; a worker that is too far
        // ahead waits for it, so that a busy script never drowns the page.
        self.post_bytes(&Uint8Array::new_with_length(0));
    }

    fn post(&self, request: &Request) {
        self.post_bytes(&Uint8Array::from(encode_request(request).as_slice()));
    }

    fn post_bytes(&self, bytes: &Uint8Array) {
        let Some(worker) = &self.worker else { return };
        if let Err(error) = worker.post_message(bytes) {
            self.fail(words(&error));
        }
    }

    fn fail(&self, reason: String) {
        self.hang_up();
        (self.listener)(Word::Crashed(reason));
    }

    fn hang_up(&self) {
        if let Some(worker) = &self.worker {
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.terminate();
        }
    }
}

/// The worker's address beside the page, also when the page lives in a subfolder.
fn script_url() -> Result<String, JsValue> {
    let document = web_sys::window().and_then(|window| window.document());
    let base = document.and_then(|document| document.base_uri().ok().flatten());
    let base = base.ok_or_else(|| JsValue::from_str("the page has no address"))?;
    Ok(web_sys::Url::new_with_base(SCRIPT, &base)?.href())
}

fn words(error: &JsValue) -> String {
    let text =
        error.as_string().or_else(|| error.dyn_ref::<js_sys::Error>().map(|error| error.message().into()));
    text.unwrap_or_else(|| "the browser refused".to_owned())
}
