
// Security keys: the server asks, the browser lets a key answer, and the answer is posted in the form around it.
const toBytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const known = (list) => list.map((one) => ({ ...one, id: toBytes(one.id) }))

/** What the key said, by the names of the form's fields. */
const answerOf = async (kind, options) => {
  const challenge = toBytes(options.challenge)
  if (kind === 'create') {
    const user = { ...options.user, id: toBytes(options.user.id) }
    const publicKey = { ...options, challenge, user, excludeCredentials: known(options.excludeCredentials) }
    const { response } = await navigator.credentials.create({ publicKey })
    return {
      'client-data': toText(response.clientDataJSON), attestation: toText(response.attestationObject),
      transports: (response.getTransports?.() ?? []).join(' '),
    }
  }
  const publicKey = { ...options, challenge, allowCredentials: known(options.allowCredentials) }
  const { rawId, response } = await navigator.credentials.get({ publicKey })
  return {
    credential: toText(rawId), 'client-data': toText(response.clientDataJSON),
    'authenticator-data': toText(response.authenticatorData), signature: toText(response.signature),
  }
}

for (const block of document.querySelectorAll('[data-key]')) {
  const form = block.closest('form'), button = block.querySelector('button')
  const show = (when) => { for (const one of block.querySelectorAll('[data-when]')) one.hidden = one.dataset.when !== when }
  if (!window.PublicKeyCredential) { show('unsupported'); continue }
  if (block.dataset.origin !== location.origin) { show('elsewhere'); continue }
  show('ready')
  button.hidden = false
  button.addEventListener('click', async () => {
    // What the form needs beside the key; a code is what the key stands for.
    const missing = [...form.elements].some((field) => !('orKey' in field.dataset) && !field.reportValidity())
    if (missing) return
    button.disabled = true
    show('waiting')
    try {
      const fields = new URLSearchParams({ 'form-key': block.dataset.token })
      const asked = await fetch(block.dataset.options, { method: 'POST', body: fields })
      if (!asked.ok) throw new Error(`status ${asked.status}`)
      for (const [name, value] of Object.entries(await answerOf(block.dataset.key, await asked.json()))) {
        const field = document.createElement('input')
        Object.assign(field, { type: 'hidden', name: `${block.dataset.prefix}-${name}`, value })
        form.append(field)
      }
      form.submit()
    } catch {
      // Nobody touched the key, it is none of the person's, or the page is out of date.
      show('failed')
      button.disabled = false
    }
  })
}
