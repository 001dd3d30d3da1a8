// Comforts only: every page works without this file.

// What is wrong with a form is read out and comes into view.
const problems = document.querySelector('#problems')
if (problems) problems.focus()

// Nobody sends twice by a second click; the server would show the first result anyway.
document.addEventListener('submit', (event) => {
  const button = event.submitter
  // What leads to a file, or back to the same form, leaves the page as it is.
  if (button && !('stays' in event.target.dataset)) setTimeout(() => { button.disabled = true }, 0)
})
// Back again by the browser's own button, the form may be sent once more.
addEventListener('pageshow', () => { for (const button of document.querySelectorAll('button:disabled')) button.disabled = false })

// What is long and can wait is closed where it would stand before everything else.
if (matchMedia('(max-width: 1000px)').matches) for (const part of document.querySelectorAll('details[data-wide]')) part.open = false

// While somebody types, the answer is shown anew: half a second after the last key, one request at a time.
// The button beside it does the same without this. A line that is to be read out stands in a small element of its
// own, which stays, so that screen readers tell of it alone.
for (const form of document.querySelectorAll('form[data-preview]')) {
  const view = form.querySelector('#preview')
  const says = form.querySelector('#says')
  let timer, asking = false, again = false
  const show = (html) => {
    const fresh = document.createElement('template')
    fresh.innerHTML = html
    const said = fresh.content.querySelector('[data-says]')
    if (said) {
      said.remove()
      if (says && says.textContent !== said.textContent) says.textContent = said.textContent
    }
    view.replaceChildren(fresh.content)
  }
  const refresh = async () => {
    if (asking) { again = true; return }
    asking = true
    const fields = new URLSearchParams(new FormData(form))
    fields.set('form-key', form.dataset.key)
    try {
      const answer = await fetch(form.dataset.preview, { method: 'POST', body: fields })
      if (answer.ok) show(await answer.text())
    } catch {
      // The network went away; what was shown last stays.
    }
    asking = false
    if (again) { again = false; refresh() }
  }
  form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(refresh, 500) })
}
