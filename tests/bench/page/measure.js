// Measures what the address asks for (`?script`, `?pyodide`, …) and leaves the printed lines in
// `window.printed`, or what went wrong in `window.failure`.

const SIZE = 10000;

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
  for (const script of ["phases.py", "interpreter.py"]) python.runPython(await text(`./${script}`));
  return printed;
}

const what = location.search.slice(1);
(what === "pyodide" ? pyodide() : ours(what)).then(
  (printed) => (window.printed = printed),
  (error) => (window.failure = String(error)),
);
