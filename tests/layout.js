// What is wrong with how a page or picture is laid out, a sentence each: text off the page, cut, out of its box,
// too small or over other text; networks broken over lines; connectors that end in the air. Called with a rule.
(({ boxes, connectors }) => {
  const found = new Set();
  const page = document.documentElement;
  const short = (text) => JSON.stringify(text.replace(/\s+/g, " ").trim().slice(0, 60));
  const NETWORK = /(?<![\w./:])(?:\d+(?:\.\d+){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*)\/\d{1,3}(?!\w)/g;
  const shown = (element) =>
    element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) && element.getClientRects().length > 0;
  const beyond = (inner, outer) =>
    inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  if (page.scrollWidth > page.clientWidth) found.add(`the page is ${page.scrollWidth} px wide, of ${page.clientWidth}`);

  const walker = document.createTreeWalker(document.body ?? page, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !shown(element) || element.closest("style, title, desc")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) {
      if (line.left < -1 || line.right > page.clientWidth + 1) found.add(`off the page: ${short(node.data)}`);
      for (let outer = element; outer && outer !== page; outer = outer.parentElement) {
        const style = getComputedStyle(outer);
        const inline = style.display === "inline";
        if (!inline && style.overflowX !== "visible" && beyond(line, outer.getBoundingClientRect()))
          found.add(`cut: ${short(node.data)}`);
        if (!inline && outer.matches(boxes) && beyond(line, outer.getBoundingClientRect()))
          found.add(`out of its box: ${short(node.data)}`);
      }
      if (line.height < 10) found.add(`too small (${line.height.toFixed(1)} px): ${short(node.data)}`);
    }
    for (const match of node.data.matchAll(NETWORK)) {
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      if (new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size > 1)
        found.add(`broken over lines: ${match[0]}`);
    }
  }

  const svgTexts = [...document.querySelectorAll("svg text")].filter(shown);
  for (const text of svgTexts) {
    const place = text.getBoundingClientRect();
    if (beyond(place, text.ownerSVGElement.getBoundingClientRect())) found.add(`cut: ${short(text.textContent)}`);
    for (const box of text.ownerSVGElement.querySelectorAll("rect.box")) {
      const outer = box.getBoundingClientRect();
      const starts = place.left >= outer.left && place.left <= outer.right && place.top >= outer.top && place.top <= outer.bottom;
      if (starts && beyond(place, outer)) found.add(`out of its box: ${short(text.textContent)}`);
    }
    for (const other of svgTexts) {
      const next = other.getBoundingClientRect();
      const apart = next.left >= place.right || next.right <= place.left || next.top >= place.bottom - 2 || next.bottom <= place.top + 2;
      if (other !== text && !apart) found.add(`over other text: ${short(text.textContent)}`);
    }
  }

  const ends = [...document.querySelectorAll(connectors)].filter(shown).map((each) => each.getBoundingClientRect());
  for (const connector of [...document.querySelectorAll(".connector")].filter(shown)) {
    const { left, right, top, bottom } = connector.getBoundingClientRect();
    const across = right - left > bottom - top;
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const near = (a, b) => Math.abs(a - b) <= 2;
    const touches = (test) => ends.some(test);
    const whole = across
      ? touches((box) => near(box.right, left) && box.top < y && y < box.bottom) &&
        touches((box) => near(box.left, right) && box.top < y && y < box.bottom)
      : touches((box) => near(box.bottom, top) && box.left < x && x < box.right) &&
        touches((box) => near(box.top, bottom) && box.left < x && x < box.right);
    if (!whole) found.add(`a connector that ends in the air: ${connector.className}`);
  }
  return [...found];
})
