// Says which words the picture shows, and lays a dark ground behind it.

export default function attach(group) {
  group.addEventListener("click", (event) => {
    const chosen = event.target.closest("a");
    if (!chosen) return;
    for (const link of group.querySelectorAll("a")) link.removeAttribute("aria-current");
    chosen.setAttribute("aria-current", "true");
  });
}
