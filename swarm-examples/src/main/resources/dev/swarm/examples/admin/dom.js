// Building and renewing elements. Text from elsewhere only ever becomes text nodes and attribute values.

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text from outside with everything spelled out that would be invisible or turn the writing direction. */
export function plain(text) {
  return String(text ?? '').replace(HIDDEN, c => '\\u' + c.codePointAt(0).toString(16).padStart(4, '0'));
}

/** An element with attributes and children; strings become text. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Sets a text, and leaves the node alone if it says so already: a reader's place and a selection stay. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function mark(element, name, value) {
  if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

/** Makes the children of an element one for each item, in their order, and keeps those that were there by their keys. */
export function keyed(parent, items, keyOf, make, renew) {
  const there = new Map([...parent.children].map(child => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = there.get(key);
    if (child) {
      there.delete(key);
    } else {
      child = make(item);
      child.dataset.key = key;
    }
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
    renew(child, item);
  }
  there.forEach(child => child.remove());
}

/** A table with a caption, column heads and an empty body, in a frame that scrolls by itself where it must. */
export function table(caption, columns) {
  const body = el('tbody');
  const heads = columns.map(([name, kind]) => el('th', {scope: 'col', class: kind ?? ''}, name));
  const frame = el('div', {class: 'frame', role: 'region', 'aria-label': caption, tabindex: '0'},
    el('table', {}, el('caption', {}, caption), el('thead', {}, el('tr', {}, ...heads)), body));
  return {frame, body};
}

export function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (count >= 1024 && unit < units.length - 1) {
    count /= 1024;
    unit++;
  }
  return (unit === 0 ? count : count.toFixed(1)) + '\u00a0' + units[unit];
}

export function span(seconds) {
  if (seconds < 60) return Math.max(0, Math.round(seconds)) + '\u00a0s';
  if (seconds < 3600) return Math.floor(seconds / 60) + '\u00a0min';
  if (seconds < 86400) return Math.floor(seconds / 3600) + '\u00a0h';
  return Math.floor(seconds / 86400) + '\u00a0d';
}

export function count(n, one, many) {
  return n + '\u00a0' + (n === 1 ? one : many);
}
