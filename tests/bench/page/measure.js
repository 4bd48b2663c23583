// Measures what the address asks for (`?script`, `?pyodide`, …) and leaves the printed lines in
// `window.printed`, or what went wrong in `window.failure`.

const SIZE = 10000;
// As in page.rs: a part of everything goes before, since a browser compiles what runs often a second time.
const WARM_UP = 20;

async function ours(what) {
  const { default: init, bench } = await import("./bench.js");
  await init();
  return bench(what, SIZE);
}

async function bytes(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.arrayBuffer();
}

async function text(address) {
  return new TextDecoder().decode(await bytes(address));
}

async function pyodide() {
  const { loadPyodide } = await import("./pyodide/pyodide.mjs");
  const python = await loadPyodide();
  const wheels = (await text("./wheels.txt")).trim().split("\n");
  for (const wheel of wheels) python.unpackArchive(await bytes(`./wheels/${wheel}`), "wheel");
  let printed = "";
  python.setStdout({ batched: (line) => (printed += line + "\n") });
  const phases = await text("./phases.py");
  const interpreter = await text("./interpreter.py");
  python.runPython(phases.replace(`SIZE = ${SIZE}`, `SIZE = ${SIZE / WARM_UP}`));
  python.runPython(interpreter);
  printed = "";
  // A fresh namespace, as for a program of its own.
  python.runPython(phases, { globals: python.toPy({ __name__: "__main__" }) });
  python.runPython(interpreter);
  return printed;
}

const what = location.search.slice(1);
(what === "pyodide" ? pyodide() : ours(what)).then(
  (printed) => (window.printed = printed),
  (error) => (window.failure = String(error)),
);
