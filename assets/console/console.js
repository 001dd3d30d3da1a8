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
// The button beside it does the same without this. Lines of their own go into elements that stay, so that screen
// readers tell of the one that is to be read out alone.
for (const form of document.querySelectorAll('form[data-preview]')) {
  const view = form.querySelector('#preview')
  let timer, asking = false, again = false
  const show = (html) => {
    const fresh = document.createElement('template')
    fresh.innerHTML = html
    for (const line of fresh.content.querySelectorAll('[data-for]')) {
      const place = document.getElementById(line.dataset.for)
      if (place && place.textContent !== line.textContent) place.textContent = line.textContent
      line.remove()
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

// What moves by itself is shown anew every other second; when it has become something else, the whole page is, since other
// buttons belong to it then. One sentence is read out, and only when it says something new.
for (const part of document.querySelectorAll('[data-poll]')) {
  const says = document.querySelector('#progress-says')
  const stage = () => part.querySelector('[data-stage]')?.dataset.stage
  const tell = () => {
    const said = part.querySelector('[data-says]')?.textContent ?? ''
    if (says && says.textContent !== said) says.textContent = said
  }
  const before = stage()
  tell()
  const look = async () => {
    try {
      const answer = await fetch(part.dataset.poll)
      if (answer.ok) part.innerHTML = await answer.text()
      if (answer.status === 401 || answer.status === 404) return
    } catch {
      // The network went away; what was shown last stays.
    }
    if (stage() !== before) { location.replace(location.pathname); return }
    tell()
    setTimeout(look, 2000)
  }
  setTimeout(look, 1000)
}
