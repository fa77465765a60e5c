// Counts the characters of a field while somebody types: "12 / 60".

export default function attach(element) {
  const field = document.getElementById(element.dataset.for);
  const maximum = Number(element.dataset.maximum);
  const sentence = element.textContent.trim();
  const scratch = document.createElement("template");
  const words = () => {
    if (!field.matches("textarea")) return field.value;
    scratch.innerHTML = field.value;
    return scratch.content.textContent;
  };
  const count = () => {
    const length = [...words().trim()].length;
    element.textContent = `${length} / ${maximum}`;
    element.title = sentence;
    element.classList.toggle("is-over", length > maximum);
  };
  field.addEventListener("input", count);
  count();
}
