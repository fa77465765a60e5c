// Making or using a passkey: the form asks the browser first and then sends what it answered in `credential`.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withBytes = (credentials) => credentials?.map((credential) => ({ ...credential, id: toBytes(credential.id) }));

function forBrowser({ publicKey }) {
  const options = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (options.user) options.user = { ...options.user, id: toBytes(options.user.id) };
  options.excludeCredentials = withBytes(options.excludeCredentials);
  options.allowCredentials = withBytes(options.allowCredentials);
  for (const name of ["excludeCredentials", "allowCredentials"]) if (!options[name]) delete options[name];
  return { publicKey: options };
}

function forServer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

export default function attach(form) {
  const status = form.querySelector("[data-passkey-status]");
  let isAnswered = false;
  form.addEventListener("submit", async (event) => {
    if (isAnswered) return;
    event.preventDefault();
    status.textContent = "";
    try {
      const options = forBrowser(JSON.parse(form.querySelector("script[type='application/json']").textContent));
      const credential = await navigator.credentials[form.dataset.passkey](options);
      form.elements.credential.value = JSON.stringify(forServer(credential));
      isAnswered = true;
      form.requestSubmit();
    } catch {
      status.textContent = form.dataset.failed;
    }
  });
}
