// Draws the part of a picture that stays: dragged with a pointer, moved and sized with arrow keys, written into the
// form's own fields, which work without this script as well.

const STEP = 0.01;
const SMALLEST = 20;

export default function attach(root) {
  const picture = root.querySelector("[data-crop-picture]");
  const stage = root.querySelector("[data-crop-stage]");
  const frame = root.querySelector("[data-crop-frame]");
  const field = (name) => root.querySelector(`[name="${name}"]`);
  const names = ["left", "top", "crop_width", "crop_height"];
  let box = null;

  /** Gives the picture's size after it was turned. */
  function size() {
    const width = Number(root.dataset.width);
    const height = Number(root.dataset.height);
    return Number(field("turn").value) % 180 ? { width: height, height: width } : { width, height };
  }

  function fit({ left, top, width, height }) {
    const whole = size();
    width = Math.min(Math.max(SMALLEST, Math.round(width)), whole.width);
    height = Math.min(Math.max(SMALLEST, Math.round(height)), whole.height);
    left = Math.min(Math.max(0, Math.round(left)), whole.width - width);
    top = Math.min(Math.max(0, Math.round(top)), whole.height - height);
    return { left, top, width, height };
  }

  function show() {
    const isTurned = field("turn").value !== "0";
    frame.hidden = !box || isTurned;
    names.forEach((name, index) => {
      field(name).value = box ? [box.left, box.top, box.width, box.height][index] : "";
    });
    if (!box) return;
    const whole = size();
    frame.style.left = `${(box.left / whole.width) * 100}%`;
    frame.style.top = `${(box.top / whole.height) * 100}%`;
    frame.style.width = `${(box.width / whole.width) * 100}%`;
    frame.style.height = `${(box.height / whole.height) * 100}%`;
  }

  function change(next) {
    box = next && fit(next);
    show();
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-ratio]");
    if (!button) return;
    const [across, down] = button.dataset.ratio.split(":").map(Number);
    if (!down) return change(null);
    const whole = size();
    const width = Math.min(whole.width, (whole.height * across) / down);
    const height = (width * down) / across;
    change({ left: (whole.width - width) / 2, top: (whole.height - height) / 2, width, height });
  });

  frame.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || !box) return;
    event.preventDefault();
    const whole = size();
    const [x, y] = [way[0] * Math.max(1, whole.width * STEP), way[1] * Math.max(1, whole.height * STEP)];
    if (!event.shiftKey) change({ ...box, left: box.left + x, top: box.top + y });
    else {
      const height = x ? box.height * ((box.width + x) / box.width) : box.height + y;
      change({ ...box, width: x ? box.width + x : box.width * (height / box.height), height });
    }
  });

  let start = null;
  stage.addEventListener("pointerdown", (event) => {
    if (field("turn").value !== "0") return;
    const scale = size().width / picture.getBoundingClientRect().width;
    const isMove = event.target === frame;
    start = { x: event.clientX, y: event.clientY, scale, isMove, box: box && { ...box } };
    if (!isMove) event.preventDefault();
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!start) return;
    const dx = (event.clientX - start.x) * start.scale;
    const dy = (event.clientY - start.y) * start.scale;
    if (start.isMove) return change({ ...start.box, left: start.box.left + dx, top: start.box.top + dy });
    if (Math.abs(dx) < SMALLEST || Math.abs(dy) < SMALLEST) return;
    const edge = picture.getBoundingClientRect();
    const left = (Math.min(start.x, event.clientX) - edge.left) * start.scale;
    const top = (Math.min(start.y, event.clientY) - edge.top) * start.scale;
    change({ left, top, width: Math.abs(dx), height: Math.abs(dy) });
  });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => (start = null));

  root.addEventListener("change", (event) => {
    if (event.target.name === "turn") return change(null); // its numbers meant another place of the picture
    if (!names.includes(event.target.name)) return;
    const values = names.map((name) => field(name).value);
    if (values.every((value) => value !== "")) {
      const [left, top, width, height] = values.map(Number);
      change({ left, top, width, height });
    }
  });
}
