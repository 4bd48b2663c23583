// Finding things the way people and screen readers do: by role and name. Put in front of every script.

const SELECTORS = {
  button: "button, [role=button]",
  tab: "[role=tab]",
  region: "section, [role=region]",
  group: "[role=group], fieldset",
  log: "[role=log]",
  textbox: "textarea, input:not([type]), input[type=text], [role=textbox], [contenteditable=true]",
};

const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();

// The text of an element without what screen readers pass over.
const spoken = (element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("[aria-hidden=true]").forEach((hidden) => hidden.remove());
  return squeeze(copy.textContent);
};

const nameOf = (element) => {
  const label = element.getAttribute("aria-label");
  if (label) return squeeze(label);
  const by = element.getAttribute("aria-labelledby");
  if (by) return squeeze(by.split(/\s+/).map((id) => spoken(document.getElementById(id) ?? document.createElement("i"))).join(" "));
  return spoken(element);
};

const visible = (element) => element.checkVisibility({ visibilityProperty: true });

// A tab's name may end with a count, as in "Echo 12".
const named = (role, name) =>
  Array.from(document.querySelectorAll(SELECTORS[role])).find((element) => {
    const found = nameOf(element);
    return visible(element) && (found === name || (role === "tab" && found.replace(/ ?[\d,]+$/, "") === name));
  });

const ready = (role, name) => {
  const found = named(role, name);
  return found && !found.disabled && found.getAttribute("aria-disabled") !== "true" && found;
};
