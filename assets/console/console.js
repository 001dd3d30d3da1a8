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
